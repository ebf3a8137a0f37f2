"""Clients that speak TLS, and certificates made for a test."""

import ssl
import subprocess

import harness
import web


DAYS = 2  # that a certificate is good for
THIS_MACHINE = "DNS:localhost,IP:127.0.0.1"


def make_certificate(folder, name="server", whose=THIS_MACHINE):
    """A new key and a certificate by itself; their files."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", str(DAYS), "-subj", "/CN=localhost", "-keyout", str(key), "-out",
         str(certificate), "-addext", f"subjectAltName={whose}"],
        check=True, capture_output=True, timeout=harness.PATIENCE)
    key.chmod(0o600)
    return certificate, key


def trusting(certificate, version=None):
    """What a client needs to know; with `version`, of TLS, it speaks nothing else."""
    context = ssl.create_default_context(cafile=str(certificate))
    if version is not None:
        context.set_ciphers("DEFAULT:@SECLEVEL=0")  # else it would refuse the old ones itself
        context.maximum_version = context.minimum_version = version
    return context


class SecureClient(harness.Client):
    """The same client, through TLS."""

    def __init__(self, port, context, **options):
        super().__init__(port, **options)
        try:
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost",
                                              suppress_ragged_eofs=False)
        except (OSError, ssl.SSLError):
            self.socket.close()
            raise


class SecureWebSocket(web.WebSocket, SecureClient):
    """The same, through a WebSocket in TLS."""


class SecureServer(harness.Server):
    """`unscripted serve` with a certificate of its own, on both doors."""

    def __init__(self, *options, **more):
        super().__init__(*options, **more)
        self.certificate, self.key = make_certificate(self.folder)
        self.options = (*self.options, "--tls-cert", str(self.certificate), "--tls-key",
                        str(self.key))

    def connect(self, **options):
        return SecureClient(self.port, trusting(self.certificate), **options)
