// SPDX-License-Identifier: MIT
import com.helger.schematron.schxslt2.xslt.SchematronResourceSchXslt2;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.transform.stream.StreamSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Runs a Schematron over what a file lists, a document a line: runs, kind, path. */
public final class Schxslt {
    private static final String SVRL = "http://purl.oclc.org/dsdl/svrl";

    public static void main(String[] arguments) throws Exception {
        var rules = SchematronResourceSchXslt2.fromFile(new File(arguments[0]));
        if (!rules.isValidSchematron()) {
            throw new IllegalArgumentException("not a Schematron that SchXslt2 takes");
        }
        for (String line : Files.readAllLines(Path.of(arguments[1]))) {
            String[] fields = line.split("\t");
            double best = Double.MAX_VALUE;
            Document result = null;
            String error = null;
            try {
                for (int run = 0; run < Integer.parseInt(fields[0]); run++) {
                    long begin = System.nanoTime();
                    result = rules.applySchematronValidation(
                            new StreamSource(new File(fields[2])));
                    best = Math.min(best, (System.nanoTime() - begin) / 1e6);
                }
            } catch (Exception stopped) {
                error = String.valueOf(stopped.getMessage()).replaceAll("\\s+", " ");
            }
            System.out.println("document\t" + fields[2] + "\t" + best);
            if (error != null || result == null) {
                System.out.println("error\t" + error);
            } else {
                report(result);
            }
        }
    }

    private static void report(Document result) {
        for (String name : new String[] {"failed-assert", "successful-report"}) {
            NodeList found = result.getElementsByTagNameNS(SVRL, name);
            for (int index = 0; index < found.getLength(); index++) {
                Element hit = (Element) found.item(index);
                System.out.println(String.join(
                        "\t",
                        "finding",
                        hit.getAttribute("id"),
                        hit.getAttribute("flag"),
                        hit.getAttribute("location")));
            }
        }
    }
}
