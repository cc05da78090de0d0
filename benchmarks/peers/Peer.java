// SPDX-License-Identifier: MIT
import java.io.File;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.transform.stream.StreamSource;
import net.sf.saxon.s9api.Processor;
import net.sf.saxon.s9api.Xslt30Transformer;
import net.sf.saxon.s9api.XsltExecutable;

/** Runs a stylesheet over documents: arguments are the sheet, the runs, the files. */
public final class Peer {
    public static void main(String[] arguments) throws Exception {
        Processor processor = new Processor(false);
        XsltExecutable sheet =
                processor.newXsltCompiler().compile(new StreamSource(new File(arguments[0])));
        int runs = Integer.parseInt(arguments[1]);
        for (int index = 2; index < arguments.length; index++) {
            double best = Double.MAX_VALUE;
            String output = "";
            for (int run = 0; run < runs; run++) {
                long begin = System.nanoTime();
                output = transform(processor, sheet, arguments[index]);
                best = Math.min(best, (System.nanoTime() - begin) / 1e6);
            }
            Path result = Path.of(arguments[index] + ".out");
            Files.write(result, output.getBytes(StandardCharsets.UTF_8));
            System.out.println(best);
        }
    }

    private static String transform(Processor processor, XsltExecutable sheet, String name)
            throws Exception {
        StringWriter writer = new StringWriter();
        Xslt30Transformer transformer = sheet.load30();
        transformer.transform(
                new StreamSource(new File(name)), processor.newSerializer(writer));
        return writer.toString();
    }
}
