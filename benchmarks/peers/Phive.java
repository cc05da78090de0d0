// SPDX-License-Identifier: MIT
import com.helger.diver.api.coord.DVRCoordinate;
import com.helger.io.resource.FileSystemResource;
import com.helger.phive.api.execute.ValidationExecutionManager;
import com.helger.phive.api.executorset.IValidationExecutorSet;
import com.helger.phive.api.executorset.ValidationExecutorSetRegistry;
import com.helger.phive.api.result.ValidationResult;
import com.helger.phive.api.result.ValidationResultList;
import com.helger.phive.api.validity.IValidityDeterminator;
import com.helger.phive.ciuspt.CIUS_PTValidation;
import com.helger.phive.xml.source.IValidationSourceXML;
import com.helger.phive.xml.source.ValidationSourceXML;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Validates what a file lists, a document a line: runs, kind, path, by tabs. */
public final class Phive {
    public static void main(String[] arguments) throws Exception {
        var registry = new ValidationExecutorSetRegistry<IValidationSourceXML>();
        CIUS_PTValidation.initCIUS_PT(registry);
        for (String line : Files.readAllLines(Path.of(arguments[1]))) {
            String[] fields = line.split("\t");
            var rules = registry.getOfID(DVRCoordinate.create(
                    CIUS_PTValidation.GROUP_ID, fields[1], arguments[0]));
            double best = Double.MAX_VALUE;
            ValidationResultList results = null;
            for (int run = 0; run < Integer.parseInt(fields[0]); run++) {
                long begin = System.nanoTime();
                results = validate(rules, new File(fields[2]));
                best = Math.min(best, (System.nanoTime() - begin) / 1e6);
            }
            report(fields[2], best, results);
        }
    }

    private static ValidationResultList validate(
            IValidationExecutorSet<IValidationSourceXML> rules, File file) {
        return ValidationExecutionManager.executeValidation(
                IValidityDeterminator.createDefault(),
                rules,
                ValidationSourceXML.create(new FileSystemResource(file)),
                Locale.US);
    }

    private static void report(String file, double best, ValidationResultList results) {
        System.out.println("document\t" + file + "\t" + best);
        for (ValidationResult result : results) {
            String layer = result.getValidationArtefact().getValidationType().getID();
            result.getErrorList().forEach(error -> System.out.println(String.join(
                    "\t",
                    layer.equals("xsd") ? "schema" : "finding",
                    String.valueOf(error.getErrorID()),
                    error.getErrorLevel().isError() ? "fatal" : "warning",
                    String.valueOf(error.getErrorFieldName()))));
        }
    }
}
