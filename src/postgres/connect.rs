//! Connects to a database that is in use.

use std::error::Error as _;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use postgres::config::SslMode;
use postgres::{Client, Config, NoTls};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::{Address, Security};
use crate::failure::{Context, Failure, Result};

/// Longer than any network takes that works.
const PATIENCE: Duration = Duration::from_secs(15);

/// A client, connected. A server that takes the connection and says nothing is waited for no longer than others.
pub(super) fn connect(address: &Address) -> Result<Client> {
    let mut config = Config::new();
    if address.is_socket() {
        config.host_path(&address.host);
    } else {
        config.host(&address.host);
    }
    config.port(address.port).application_name("sprag").connect_timeout(PATIENCE);
    config.user(address.user.as_deref().unwrap_or("postgres"));
    if let Some(it) = &address.password {
        config.password(it);
    }
    if let Some(it) = address.database.as_ref().or(address.user.as_ref()) {
        config.dbname(it);
    }
    if let Some(it) = &address.options {
        config.options(it);
    }
    config.ssl_mode(match address.security {
        Security::Disable => SslMode::Disable,
        Security::Prefer => SslMode::Prefer,
        Security::Require | Security::Verify => SslMode::Require,
    });
    let (tell, told) = mpsc::channel();
    let plain = address.is_socket() || address.security == Security::Disable;
    let tls = if plain { None } else { Some(MakeRustlsConnect::new(tls(address)?)) };
    std::thread::spawn(move || {
        let connected = match tls {
            Some(tls) => config.connect(tls),
            None => config.ssl_mode(SslMode::Disable).connect(NoTls),
        };
        // Nobody listens any more where it took too long.
        let _ = tell.send(connected);
    });
    match told.recv_timeout(PATIENCE + Duration::from_secs(1)) {
        Ok(Ok(client)) => Ok(client),
        Ok(Err(error)) => Err(refused(address, &error)),
        Err(_) => Err(silent(address)),
    }
}

/// What was wrong, in words that hold no more of the URL than host and database.
fn refused(address: &Address, error: &postgres::Error) -> Failure {
    let Address { host, port, .. } = address;
    if let Some(said) = error.as_db_error() {
        // Postgres manual, "Error codes".
        return match said.code().code() {
            "28P01" => {
                Failure::new(format!("{address}: the password is wrong, or there is no such user"))
            }
            "28000" if is_about_tls(said.message()) => unprotected(address),
            "28000" => Failure::new(format!("{address}: the server does not let this user in"))
                .help("look at the user, at `pg_hba.conf`, or at which addresses the host lets in"),
            "3D000" => {
                Failure::new(format!("{address}: the server on `{host}` has no such database"))
            }
            "53300" => Failure::new(format!("{address}: the server takes no more connections")),
            "57P03" => Failure::new(format!("{address}: the server is starting or stopping")),
            _ if is_about_tls(said.message()) => unprotected(address),
            // What else a server or a pool says may repeat what it was asked by.
            code => Failure::new(format!("{address}: the server refuses the connection ({code})")),
        };
    }
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(it) = cause {
        if !text.contains(&it.to_string()) {
            text = format!("{text}: {it}");
        }
        cause = it.source();
    }
    if text.contains("does not support TLS") {
        return Failure::new(format!("{address}: the server speaks no TLS, and the connection has to be encrypted"))
            .help("where the way to it is safe, say so with `?sslmode=disable` at the end of the connection string");
    }
    if text.contains("certificate") {
        let why = text.rsplit(": ").next().unwrap_or_default();
        let why = why.trim_start_matches("Other(OtherError(").trim_end_matches("))").to_owned();
        return Failure::new(format!("{address}: the server's certificate is not trusted: {why}"))
            .help("give the certificate of its authority with `sslrootcert=FILE`, as the host offers it for download");
    }
    if text.contains("timed out") {
        return silent(address);
    }
    if text.contains("password missing") {
        return Failure::new(format!(
            "{address}: the server asks for a password, and there is none"
        ));
    }
    let text = text.strip_prefix("error connecting to server: ").unwrap_or(&text);
    Failure::new(format!("cannot connect to `{host}`, port {port}: {text}"))
        .help("look whether the server runs, and whether this machine may reach it")
}

fn is_about_tls(message: &str) -> bool {
    [
        "no encryption",
        "SSL off",
        "SSL connection is required",
        "connection is insecure",
        "SSL/TLS required",
    ]
    .iter()
    .any(|it| message.contains(it))
}

fn unprotected(address: &Address) -> Failure {
    Failure::new(format!("{address}: the server takes encrypted connections only"))
        .help("write `?sslmode=require` at the end of the connection string, or `verify-full`")
}

fn silent(address: &Address) -> Failure {
    let Address { host, port, .. } = address;
    let seconds = PATIENCE.as_secs();
    Failure::new(format!("cannot connect to `{host}`, port {port}: no answer in {seconds} seconds"))
        .help("look whether a firewall stands between, and whether the host lets this address in")
}

fn tls(address: &Address) -> Result<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider.clone());
    let config = config.with_safe_default_protocol_versions().context("set up TLS")?;
    if address.security != Security::Verify {
        let anybody = Arc::new(Anybody(provider));
        return Ok(config
            .dangerous()
            .with_custom_certificate_verifier(anybody)
            .with_no_client_auth());
    }
    let mut roots = RootCertStore::empty();
    let mut named: Vec<CertificateDer<'static>> = Vec::new();
    match &address.roots {
        Some(file) => {
            let doing = "read the file that `sslrootcert` names";
            for it in CertificateDer::pem_file_iter(file).context(doing)? {
                let it = it.context(doing)?;
                roots.add(it.clone()).context(doing)?;
                named.push(it);
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let roots = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider);
    let by_name = roots.build().context("find certificates to trust")?;
    let verifier = Arc::new(Verified { by_name, named });
    Ok(config.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

/// Takes whom an authority vouches for by name, and whoever has the very certificate that the user has named: a server
/// that vouches for itself, as Postgres' manual sets one up (19.9.5), has no other.
#[derive(Debug)]
struct Verified {
    by_name: Arc<WebPkiServerVerifier>,
    named: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for Verified {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        if self.named.iter().any(|it| it == certificate) {
            return Ok(ServerCertVerified::assertion());
        }
        self.by_name.verify_server_cert(certificate, between, name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        self.by_name.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        self.by_name.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.by_name.supported_verify_schemes()
    }
}

/// Takes whoever answers, as `sslmode=require` says: hosts have authorities of their own, which no machine knows.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            certificate,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            certificate,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
