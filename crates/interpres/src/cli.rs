//! The command line: what can be asked, and how it is spelled.
use crate::cli_agreement::Agreement;
pub(crate) use crate::place::{DataArgs, MasterKind};
use clap::{Args, Parser, Subcommand};
use interpres::{WitnessAt, workspace_file::FileSelection};
use interpres_types::Instant;
use ipnet::IpNet;
use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

/// Which version it is, and whether its ciphers are validated.
const VERSION: &str = if cfg!(feature = "fips") {
    concat!(env!("CARGO_PKG_VERSION"), " (fips)")
} else {
    env!("CARGO_PKG_VERSION")
};

/// Schedules, dispatches and bills interpreting appointments, under HIPAA.
#[derive(Parser)]
#[command(version = VERSION, about)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) place: DataArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where and how the server listens.
#[derive(Args)]
pub(crate) struct Listen {
    /// The address and port.
    #[arg(long, env = "INTERPRES_LISTEN", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// The address that people reach it by, such as https://interpres.example.org: for links in letters,
    /// and for passkeys, which are bound to its name.
    #[arg(long, env = "INTERPRES_PUBLIC_URL")]
    pub(crate) public_url: Option<String>,
    /// Let workspaces ask identity providers inside your own network, and on this machine by plain HTTP;
    /// without it only public addresses are asked.
    #[arg(long, env = "INTERPRES_PRIVATE_PROVIDERS")]
    pub(crate) private_providers: bool,
    /// A list of compromised passwords: sorted SHA-1 digests in hexadecimal, a line each.
    #[arg(long, env = "INTERPRES_COMPROMISED_PASSWORDS")]
    pub(crate) compromised_passwords: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) mail: Mail,
    #[command(flatten)]
    pub(crate) texts: TextMessages,
    /// Say so when people reach it by HTTPS through a proxy; cookies are then for HTTPS only.
    #[arg(long, env = "INTERPRES_HTTPS")]
    pub(crate) https: bool,
    /// Speak TLS with this certificate chain (PEM), and the key in --tls-key. Changed files are taken up.
    #[arg(
        long,
        env = "INTERPRES_TLS_CERT",
        requires = "tls_key",
        conflicts_with = "https"
    )]
    pub(crate) tls_cert: Option<PathBuf>,
    /// The key of the certificate (PEM).
    #[arg(long, env = "INTERPRES_TLS_KEY", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Speak TLS with a certificate for this name from a certificate authority (ACME), which asks back at
    /// --plain; may be given several times.
    #[arg(long = "acme", env = "INTERPRES_ACME", value_delimiter = ' ', requires = "plain", conflicts_with_all = ["tls_cert", "https"])]
    pub(crate) acme: Vec<String>,
    /// The certificate authority's directory.
    #[arg(
        long,
        env = "INTERPRES_ACME_DIRECTORY",
        default_value = "https://acme-v02.api.letsencrypt.org/directory"
    )]
    pub(crate) acme_directory: String,
    /// The address the certificate authority may write to.
    #[arg(long, env = "INTERPRES_ACME_CONTACT")]
    pub(crate) acme_contact: Option<String>,
    /// The root (PEM) of a certificate authority inside your organization.
    #[arg(long, env = "INTERPRES_ACME_ROOT")]
    pub(crate) acme_root: Option<PathBuf>,
    /// An address and port for plain HTTP beside TLS, such as 0.0.0.0:80: it sends people on to HTTPS,
    /// refuses the API, and revokes a key that is seen there.
    #[arg(long, env = "INTERPRES_PLAIN")]
    pub(crate) plain: Option<SocketAddr>,
    /// A reverse proxy (address or network, such as 10.0.0.0/8) whose word is believed about where a
    /// request came from and whether by HTTPS; may be given several times.
    #[arg(long = "trusted-proxy", env = "INTERPRES_TRUSTED_PROXIES", value_delimiter = ' ', value_parser = network)]
    pub(crate) proxies: Vec<IpNet>,
    /// An outside witness of the audit logs, as ADDRESS=KEY; may be given several times.
    #[arg(long = "witness", env = "INTERPRES_WITNESSES", value_delimiter = ' ')]
    pub(crate) witnesses: Vec<WitnessAt>,
    /// A collector of audit logs (syslog over TLS, RFC 5425), as NAME:PORT.
    #[arg(long, env = "INTERPRES_SIEM", requires_all = ["siem_root", "siem_cert", "siem_key"])]
    pub(crate) siem: Option<String>,
    /// The root (PEM) that the collector's certificate must come from.
    #[arg(long, env = "INTERPRES_SIEM_ROOT")]
    pub(crate) siem_root: Option<PathBuf>,
    /// The certificate (PEM) that the collector knows us by.
    #[arg(long, env = "INTERPRES_SIEM_CERT")]
    pub(crate) siem_cert: Option<PathBuf>,
    /// Its key (PEM).
    #[arg(long, env = "INTERPRES_SIEM_KEY")]
    pub(crate) siem_key: Option<PathBuf>,
    /// A folder, best on another machine's disk, where copies of data and keys are kept up from
    /// second to second (embedded engine).
    #[arg(long, env = "INTERPRES_BACKUP_TO")]
    pub(crate) backup_to: Option<PathBuf>,
}

/// How letters go out.
#[derive(Args)]
pub(crate) struct Mail {
    /// The mail server: smtps://NAME:PORT, or smtp://NAME:PORT with STARTTLS, which is asked for but on
    /// this machine.
    #[arg(long, env = "INTERPRES_SMTP", requires = "mail_from")]
    pub(crate) smtp: Option<String>,
    /// Who signs in there.
    #[arg(long, env = "INTERPRES_SMTP_USER", requires = "smtp_password_file")]
    pub(crate) smtp_user: Option<String>,
    /// A file that holds their password.
    #[arg(long, env = "INTERPRES_SMTP_PASSWORD_FILE")]
    pub(crate) smtp_password_file: Option<PathBuf>,
    /// Who the letters are from, such as "Front Range <interpres@example.org>".
    #[arg(long, env = "INTERPRES_MAIL_FROM")]
    pub(crate) mail_from: Option<String>,
    /// A folder to write letters into instead, for trying out: whoever reads it holds their links.
    #[arg(long, env = "INTERPRES_LETTERS_TO", conflicts_with = "smtp")]
    pub(crate) letters_to: Option<PathBuf>,
}

/// How text messages go out: codes for signing in, and nothing else.
#[derive(Args)]
pub(crate) struct TextMessages {
    /// The service's address, which takes To, From and Body as a form, as Twilio's Messages resource does.
    #[arg(long, env = "INTERPRES_TEXTS", requires_all = ["texts_user", "texts_secret_file", "texts_from"])]
    pub(crate) texts: Option<String>,
    /// Who signs in there.
    #[arg(long, env = "INTERPRES_TEXTS_USER")]
    pub(crate) texts_user: Option<String>,
    /// A file that holds their secret.
    #[arg(long, env = "INTERPRES_TEXTS_SECRET_FILE")]
    pub(crate) texts_secret_file: Option<PathBuf>,
    /// The number or name that messages are from.
    #[arg(long, env = "INTERPRES_TEXTS_FROM")]
    pub(crate) texts_from: Option<String>,
    /// A folder to write messages into instead, for trying out: whoever reads it holds their codes.
    #[arg(long, env = "INTERPRES_TEXTS_TO", conflicts_with = "texts")]
    pub(crate) texts_to: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve, with an agency's past and future in it on first start; who can sign in stands in demo.json.
    Demo {
        #[command(flatten)]
        listen: Listen,
        /// Only the few people and appointments that tests know by name.
        #[arg(long)]
        bare: bool,
    },
    /// Serve.
    Serve(Listen),
    /// When the machine is lost: put the latest copy together in an empty data folder and serve it, for
    /// looking only, until the original is back.
    Emergency {
        #[command(flatten)]
        restore: Restore,
        #[command(flatten)]
        listen: Listen,
    },
    /// Make the first workspace and its owner. The password is read from standard input.
    Setup(Setup),
    /// Look at the audit log.
    #[command(subcommand)]
    Audit(Audit),
    /// Copy data and keys, with or without a running server; or hold a restore drill.
    Backup(Backup),
    /// Put an installation together from a backup, in an empty data folder.
    Restore(Restore),
    /// After an earlier copy of the data or of the key store was put back on purpose, by hand: take the two for each
    /// other's as they are. What was sealed since stays shut; what was erased since is erased again.
    Rejoin,
    /// Write what a sealed file of a workspace holds, line by line. Its passphrase is read from
    /// standard input.
    OpenFile {
        /// The file.
        file: PathBuf,
        /// Which of its lines.
        #[arg(long, value_enum, default_value = "all")]
        part: FileSelection,
    },
    /// Bring workspaces in.
    #[command(subcommand)]
    Workspace(Workspace),
    /// Issue, declare or end an agreement with a workspace, with or without a running server.
    #[command(subcommand)]
    Agreement(Agreement),
    /// Grant a workspace's identity provider a domain, once you have seen that it is theirs: addresses of
    /// the domain are sent to the provider, and it speaks for them.
    GrantDomain {
        /// The workspace's id or name.
        #[arg(long)]
        workspace: String,
        /// The provider's id, as its page shows it.
        #[arg(long)]
        provider: String,
        /// The domain, such as example.org.
        #[arg(long)]
        domain: String,
    },
    /// Change keys, with or without a running server.
    #[command(subcommand)]
    Keys(Keys),
    /// Print what is made from code.
    #[command(subcommand)]
    Print(Print),
}

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Backup {
    /// The folder to copy into.
    #[arg(long, required = true)]
    pub(crate) to: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) drill: Option<BackupDrill>,
}

#[derive(Subcommand)]
pub(crate) enum BackupDrill {
    /// Restore the latest copy into a scratch place, check it, and note the result in the log.
    Drill {
        /// The folder that holds the copies.
        #[arg(long)]
        from: PathBuf,
    },
}

#[derive(Args)]
pub(crate) struct Restore {
    /// The folder that holds the copies.
    #[arg(long)]
    pub(crate) from: PathBuf,
    /// The moment to go back to, such as 2027-03-01T15:04:05Z; as late as the copies go unless said.
    #[arg(long)]
    pub(crate) at: Option<Instant>,
    /// The master key's file, to be copied into the new data folder.
    #[arg(long)]
    pub(crate) master_key: Option<PathBuf>,
    /// Take keys that were copied more than eight days ago, where there are none later: what was erased since
    /// then can be read again, and must be erased again.
    #[arg(long)]
    pub(crate) old_keys: bool,
}

#[derive(Subcommand)]
pub(crate) enum Workspace {
    /// Bring a workspace in from its file. The file's passphrase and a new password for the owner are
    /// read from standard input, a line each; everybody else gets an account without a password.
    Import {
        /// The file.
        #[arg(long)]
        from: PathBuf,
        /// The address of the owner who gets the password.
        #[arg(long)]
        owner: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum Keys {
    /// Wrap everything by a new master key (with one in the environment or in a transit engine: by
    /// the one that is current there).
    RotateMaster,
    /// Give every workspace a new key, wrap its record keys by it, and destroy the old one.
    RotateWorkspaces,
    /// Give every record a new key of its own; its earlier versions stay under theirs.
    RotateRecords,
    /// Give every audit log a new signing key, signed for by the one before.
    HandOverLogs,
}

#[derive(Subcommand)]
pub(crate) enum Print {
    /// The policy: who may do what, and how far.
    Matrix,
    /// Whatever can be done: by which permission, with what proof, and by which page and which address of the API.
    Actions,
    /// The register of protected fields.
    Fields,
    /// What follows from what: each event with the reactions to it, in their order.
    Events,
    /// The API's description, OpenAPI 3.1.
    Openapi,
    /// Which ciphers are at work, for what, and by whose hands (CycloneDX 1.6).
    Cbom,
    /// This command line's help, whole.
    Usage,
    /// Which languages pages and letters are there in, how far, and what each says in English meanwhile.
    Languages,
}

#[derive(Args)]
pub(crate) struct Setup {
    /// The agency's name.
    #[arg(long)]
    pub(crate) workspace: String,
    /// Its IANA time zone.
    #[arg(long, default_value = "America/New_York")]
    pub(crate) zone: String,
    /// Its currency.
    #[arg(long, default_value = "USD")]
    pub(crate) currency: String,
    /// The owner's full name.
    #[arg(long)]
    pub(crate) owner: String,
    /// The owner's e-mail address.
    #[arg(long)]
    pub(crate) email: String,
    /// A team; may be given several times.
    #[arg(long = "team")]
    pub(crate) teams: Vec<String>,
}

#[derive(Subcommand)]
pub(crate) enum Audit {
    /// Check every workspace's log from its first entry to its last against its signed checkpoint, and what stands
    /// beside it against what its entries tell.
    Verify,
    /// Go through every record and version now, and take what was changed outside Interpres out of sight.
    Sweep,
    /// Look again at what is in quarantine, and put back what is as it was saved: after another key store than this
    /// installation's was attached for a while.
    Recheck {
        /// Only what was taken out of sight since this moment, such as 2027-03-01T15:04:05Z.
        #[arg(long)]
        since: Option<Instant>,
    },
    /// Put a record of the installation itself, such as an account, back as its last good version says; or one of a workspace
    /// of which nobody in charge can come in, such as its owner's membership.
    Restore {
        /// The workspace, by id or name.
        #[arg(long)]
        workspace: Option<String>,
        /// Its kind, such as user_account.
        kind: String,
        /// Its id.
        record: String,
    },
    /// Print the entries that have no number yet, a line each: what an emergency server noted.
    Waiting,
    /// Print each log's first key, for a verifier's policy and for witnesses, and its checkpoint.
    Head,
}

/// A network, or a single address. The widest are the private ones (RFC 1918, RFC 4193): a wider one names strangers.
fn network(text: &str) -> Result<IpNet, String> {
    let net = text.parse().or_else(|_| {
        text.parse::<IpAddr>()
            .map(|address| IpNet::from(address.to_canonical()))
    });
    let net = net.map_err(|_| "must be an address or a network such as 10.0.0.0/8".to_owned())?;
    let widest = if matches!(net, IpNet::V4(_)) { 8 } else { 7 };
    if net.prefix_len() < widest {
        return Err("is too wide: whoever it names is believed about where requests come from. Name the proxies only".to_owned());
    }
    Ok(net)
}
