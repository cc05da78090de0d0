// SPDX-License-Identifier: MIT
// EU DSS with its default policy on files, offline:
// java -cp 'lib/*' Dss.java ANCHORS.pem FILE... prints one line per signature, by tabs:
// file, format, intact or broken, indication, sub-indication, scopes, what was wrong,
// what was odd.
// A file without a signature, or that DSS cannot read, has one line: file, none or error.

import eu.europa.esig.dss.diagnostic.SignatureWrapper;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import eu.europa.esig.dss.validation.reports.Reports;
import java.io.FileInputStream;
import java.io.InputStream;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.stream.Collectors;

public class Dss {
    public static void main(String[] arguments) throws Exception {
        CommonTrustedCertificateSource anchors = new CommonTrustedCertificateSource();
        try (InputStream stream = new FileInputStream(arguments[0])) {
            for (Certificate found : CertificateFactory.getInstance("X.509")
                    .generateCertificates(stream)) {
                anchors.addCertificate(new CertificateToken((X509Certificate) found));
            }
        }
        for (int i = 1; i < arguments.length; i++) {
            try {
                validate(arguments[i], anchors);
            } catch (Throwable error) {
                String message = String.valueOf(error.getMessage());
                say(arguments[i], "error", message.lines().findFirst().orElse(""));
            }
        }
    }

    static void validate(String file, CommonTrustedCertificateSource anchors) {
        CommonCertificateVerifier verifier = new CommonCertificateVerifier();
        verifier.setTrustedCertSources(anchors);
        verifier.setAIASource(null);
        SignedDocumentValidator validator =
                SignedDocumentValidator.fromDocument(new FileDocument(file));
        validator.setCertificateVerifier(verifier);
        Reports reports = validator.validateDocument();
        SimpleReport simple = reports.getSimpleReport();
        if (simple.getSignatureIdList().isEmpty()) {
            say(file, "none");
        }
        for (String id : simple.getSignatureIdList()) {
            SignatureWrapper one = reports.getDiagnosticData().getSignatureById(id);
            String wrong = simple.getAdESValidationErrors(id).stream()
                    .map(message -> message.getValue())
                    .collect(Collectors.joining(" | "));
            String odd = simple.getAdESValidationWarnings(id).stream()
                    .map(message -> message.getValue())
                    .collect(Collectors.joining(" | "));
            String scopes = one.getSignatureScopes().stream()
                    .map(scope -> String.valueOf(scope.getScope()))
                    .distinct().collect(Collectors.joining("+"));
            say(file, String.valueOf(one.getSignatureFormat()),
                    one.isBLevelTechnicallyValid() ? "intact" : "broken",
                    String.valueOf(simple.getIndication(id)),
                    String.valueOf(simple.getSubIndication(id)), scopes, wrong, odd);
        }
    }

    static void say(String... words) {
        System.out.println(String.join("\t", words).replace('\n', ' '));
    }
}
