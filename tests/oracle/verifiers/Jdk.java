// SPDX-License-Identifier: MIT
// The JDK's own XMLDSig on files: java Jdk.java FILE... prints "FILE<TAB>valid,invalid,…",
// one word per signature in document order. Secure validation as the JDK has it.

import java.io.ByteArrayInputStream;
import java.io.File;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.xml.crypto.KeySelector;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

public class Jdk {
    static final String DS = "http://www.w3.org/2000/09/xmldsig#";

    public static void main(String[] files) throws Exception {
        for (String file : files) {
            List<String> words = new ArrayList<>();
            int count = parse(file).getElementsByTagNameNS(DS, "Signature").getLength();
            for (int i = 0; i < count; i++) {
                words.add(word(parse(file), i));
            }
            System.out.println(file + "\t" + String.join(",", words));
        }
    }

    static Document parse(String file) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        return factory.newDocumentBuilder().parse(new File(file));
    }

    static String word(Document document, int number) {
        try {
            NodeList all = document.getElementsByTagName("*");
            for (int i = 0; i < all.getLength(); i++) {
                Element element = (Element) all.item(i);
                if (element.hasAttribute("Id")) {
                    element.setIdAttribute("Id", true);
                }
            }
            Element signature =
                    (Element) document.getElementsByTagNameNS(DS, "Signature").item(number);
            DOMValidateContext context = new DOMValidateContext(
                    KeySelector.singletonKeySelector(key(signature)), signature);
            return XMLSignatureFactory.getInstance("DOM")
                    .unmarshalXMLSignature(context)
                    .validate(context) ? "valid" : "invalid";
        } catch (Exception error) {
            System.err.println(error);
            return "error";
        }
    }

    static PublicKey key(Element signature) throws Exception {
        String text = signature.getElementsByTagNameNS(DS, "X509Certificate")
                .item(0).getTextContent();
        return CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Base64.getMimeDecoder().decode(text)))
                .getPublicKey();
    }
}
