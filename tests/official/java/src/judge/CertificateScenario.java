package judge;

import com.gpudb.ColumnProperty;
import com.gpudb.GPUdb;
import com.gpudb.GPUdbBase;
import com.gpudb.GPUdbException;
import com.gpudb.Record;
import com.gpudb.Type;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * TLS with a certificate that signed itself: refused unless it is trusted, or the client is told
 * not to look.
 */
final class CertificateScenario implements Scenario {
  private static final String PASSWORD = "for-the-test";

  @Override
  public void run(Setup setup) throws Exception {
    Check.fails("an unknown certificate", GPUdbException.class,
        () -> use(setup, "untrusted", setup.options()));
    use(setup, "unchecked", setup.options().setBypassSslCertCheck(true));
    Path trusted = trustStore(Path.of(setup.get("certificate")));
    try {
      use(setup, "trusted",
          setup.options()
              .setTrustStoreFilePath(trusted.toString())
              .setTrustStorePassword(PASSWORD));
    } finally {
      Files.delete(trusted);
    }
  }

  private static void use(Setup setup, String name, GPUdbBase.Options options) throws Exception {
    GPUdb client = setup.connect(options);
    Table table = Table.create(client, "certificate_" + name,
        new Type.Column("id", Integer.class, ColumnProperty.PRIMARY_KEY));
    List<Record> rows = new ArrayList<>();
    for (int i = 0; i < 1000; i++) rows.add(table.row(i));
    table.insert(rows);
    Check.equal("rows", 1000, table.read().size());
  }

  private static Path trustStore(Path certificate) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream pem = Files.newInputStream(certificate)) {
      store.setCertificateEntry(
          "server", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    Path path = Files.createTempFile("judge-trust", ".p12");
    try (OutputStream out = Files.newOutputStream(path)) {
      store.store(out, PASSWORD.toCharArray());
    }
    return path;
  }
}
