//! `snug-relay`: a room without the desktop app, for a machine that is always on.

use std::{
    collections::HashSet,
    io::{IsTerminal, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use clap::Parser;
use snug_relay::{
    AddressKind, Config, DEFAULT_PORT, Invite, Limits, Relay, RelayHandle, StoredRoom, addresses, may_be_logged,
    nearby::Advert, raise_file_limit, wire::Door,
};
use tokio::net::TcpListener;
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, LevelFilter, filter_fn},
    fmt,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// Turn this machine into a chat room that others join by opening a link.
///
/// The first line on standard output is the invite link of the first room; one line for each further
/// room follows. Standard error gets a host link for each, which makes whoever opens it in a browser the
/// room's host: keep it to yourself. Then it serves until SIGINT or SIGTERM. Logs go to standard error;
/// RUST_LOG sets how much (error, warn, info, debug). Any WebSocket tool is a guest of an open room:
/// send {"type":"new_message","payload":"hello"} to ws://ADDRESS:PORT/.
#[derive(Parser)]
#[command(name = "snug-relay", version, max_term_width = 100)]
struct Arguments {
    /// Where to listen; port 0 takes any free one.
    #[arg(long, env = "SNUG_LISTEN", value_name = "ADDR:PORT", default_value_t = SocketAddr::from((Ipv4Addr::UNSPECIFIED, DEFAULT_PORT)))]
    listen: SocketAddr,

    /// The directory that holds the rooms [default: the platform's place for applications' data]
    #[arg(long, env = "SNUG_DATA", value_name = "DIR")]
    data: Option<PathBuf>,

    /// Serve the room of this name, making it when there is none; may be given several times. A room that
    /// its host has renamed answers to the name it was made by, and to the one it has now where no room was
    /// made by that. Without this every stored room is served.
    #[arg(long = "room", env = "SNUG_ROOM", value_name = "NAME", value_delimiter = '\n')]
    rooms: Vec<String>,

    /// Let in whoever knows the address. Without it a room that was open is closed: it takes the link, or
    /// to knock; one that its host has locked stays locked.
    #[arg(long, env = "SNUG_OPEN", value_parser = clap::builder::FalseyValueParser::new())]
    open: bool,

    /// Let Snug apps on the network find the rooms by themselves: tells their names by multicast, and
    /// never their keys.
    #[arg(long, env = "SNUG_NEARBY", value_parser = clap::builder::FalseyValueParser::new())]
    nearby: bool,

    /// A host name that browsers may reach this relay by, besides addresses, localhost and this machine's
    /// own name in .local; may be given several times, separated by commas in the environment. Behind a
    /// proxy, or in a container, the name or address that guests use: by it the app knows this host again.
    #[arg(long = "host", env = "SNUG_HOSTS", value_name = "NAME", value_delimiter = ',')]
    hosts: Vec<String>,

    #[command(flatten)]
    limits: Limits,
}

/// How often it is looked under which addresses others reach this machine.
const LOOK: Duration = Duration::from_secs(2);

/// A relay makes many small allocations; bench/RESULTS.md says what this brings.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Threads that wait for the disk in others' stead, at most. Each keeps memory of its own for a while: tokio's 512 took
/// 700 MB while four guests sent ten files each.
const BLOCKING: usize = 64;

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().max_blocking_threads(BLOCKING).enable_all().build()?;
    let ended = runtime.block_on(run());
    // A thread that waits for a disk which doesn't answer is left behind.
    runtime.shutdown_background();
    ended
}

async fn run() -> Result<()> {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into());
    // Without the hint every library would have to ask about every line it might write.
    let filter = filter.and(filter_fn(may_be_logged).with_max_level_hint(LevelFilter::TRACE));
    tracing_subscriber::registry()
        .with(fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal()).with_filter(filter))
        .init();

    let data = match arguments.data {
        Some(data) => data,
        None => platform_data().context("this system names no place for data: say --data DIR")?,
    };
    raise_file_limit(&arguments.limits);
    let config = Config { limits: arguments.limits, hosts: arguments.hosts, ..Config::new(data) };
    let mut told_to_stop = None;
    let (mut listen, mut printed) = (arguments.listen, HashSet::new());
    loop {
        let listener = TcpListener::bind(listen).await.with_context(|| {
            format!("can't listen on {listen} (is another Snug running? --listen takes another port)")
        })?;
        // From here on: whoever starts this may end it as soon as the first line is out.
        let told_to_stop = match &mut told_to_stop {
            Some(told) => told,
            none => none.insert(StopSignals::listen()?),
        };
        let relay = Relay::start(config.clone(), listener).await?;
        if let Some(set_aside) = relay.set_aside() {
            eprintln!("snug-relay: {set_aside}");
        }
        let invites = open_rooms(&relay, &arguments.rooms, arguments.open).await?;
        print_links(&relay, &invites, &mut printed);
        let mut adverts = if arguments.nearby { adverts(&relay, &invites) } else { Vec::new() };
        let moving = follow(&relay, &mut adverts);
        tokio::select! {
            () = moving => {}
            told = told_to_stop.recv() => {
                told?;
                tokio::select! {
                    () = async { withdraw(adverts).await; relay.stop().await } => return Ok(()),
                    told = told_to_stop.recv() => {
                        told?;
                        bail!("told to stop once more, and so ended at once");
                    }
                }
            }
            what = relay.damaged() => {
                eprintln!("snug-relay: the database is damaged ({what}): starting again without it");
                // The same port: those who are in come back by themselves.
                listen = relay.addr();
                withdraw(adverts).await;
                relay.stop().await;
            }
        }
    }
}

/// The rooms that the network is told of, by id. Nobody else can come to one on loopback.
fn adverts(relay: &RelayHandle, invites: &[Invite]) -> Vec<(String, Advert)> {
    let address = relay.addr();
    let told = invites.iter().filter(|_| !address.ip().is_loopback());
    told.map(|Invite { room, .. }| (room.clone(), Advert::of(room, address.port()))).collect()
}

async fn withdraw(adverts: Vec<(String, Advert)>) {
    for (_, advert) in adverts {
        advert.stop().await;
    }
}

/// Tells those inside where the host is, and the network what the rooms are called and whether they are open, for as
/// long as this is polled.
async fn follow(relay: &RelayHandle, adverts: &mut [(String, Advert)]) {
    let mut times = tokio::time::interval(LOOK);
    loop {
        times.tick().await;
        for (room, advert) in &mut *adverts {
            // The host may have renamed it, opened it or locked it since.
            if let Some(invite) = relay.invite(room) {
                advert.tell(&invite.name, relay.is_open(room));
            }
        }
        let (listening, port) = (relay.addr().ip(), relay.addr().port());
        let found = tokio::task::spawn_blocking(addresses).await.unwrap_or_default();
        let real = found.into_iter().filter(|address| address.kind != AddressKind::Virtual).map(|address| address.ip);
        let reached = real.filter(|ip| *ip == listening || (listening.is_unspecified() && ip.is_ipv4()));
        relay.is_at(reached.map(|ip| SocketAddr::new(ip, port).to_string()).collect());
    }
}

/// Prints the links that weren't printed before. Those for hosts go another way, so that whoever passes on
/// what is on standard output passes on no host's powers. Whoever reads only the first of them ends no room by that.
fn print_links(relay: &RelayHandle, invites: &[Invite], printed: &mut HashSet<String>) {
    let authority = SocketAddr::new(shown_address(relay.addr().ip()), relay.addr().port());
    let mut out = std::io::stdout().lock();
    let mut links = invites.iter().map(|invite| invite.link(authority)).filter(|link| printed.insert(link.clone()));
    if let Err(error) = links.try_for_each(|link| writeln!(out, "{link}")).and_then(|()| out.flush()) {
        tracing::warn!(%error, "nobody reads the links");
    }
    for invite in invites {
        let Some(key) = relay.host_key(&invite.room) else { continue };
        let link = invite.host_link(authority, &key);
        if !printed.contains(&link) {
            eprintln!("snug-relay: the host of {:?} opens {link}", invite.name);
            printed.insert(link);
        }
    }
}

async fn open_rooms(relay: &RelayHandle, names: &[String], open: bool) -> Result<Vec<Invite>> {
    let mut invites: Vec<Invite> = Vec::new();
    for name in names {
        let invite = match relay.room_named(name).await? {
            Some(room) => serve(relay, room, open).await?,
            None => relay.create_room(name, open).await.with_context(|| format!("can't make a room named {name:?}"))?,
        };
        // By two names.
        if invites.iter().all(|known| known.room != invite.room) {
            invites.push(invite);
        }
    }
    if names.is_empty() {
        for room in relay.stored_rooms().await? {
            invites.push(serve(relay, room, open).await?);
        }
    }
    if invites.is_empty() {
        invites.push(relay.create_room("Snug", open).await?);
    }
    Ok(invites)
}

async fn serve(relay: &RelayHandle, room: StoredRoom, open: bool) -> Result<Invite> {
    match (open, room.door) {
        (true, Door::Closed | Door::Locked) => relay.set_door(&room.id, Door::Open).await?,
        (false, Door::Open) => relay.set_door(&room.id, Door::Closed).await?,
        (true, Door::Open) | (false, Door::Closed | Door::Locked) => {}
    }
    Ok(relay.serve_room(&room.id).await?)
}

/// The address to put into the link: where we listen, or where others most likely reach us.
fn shown_address(listening: IpAddr) -> IpAddr {
    if !listening.is_unspecified() {
        return listening;
    }
    addresses().first().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |address| address.ip)
}

fn platform_data() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "snug").map(|directories| directories.data_dir().to_owned())
}

/// The signals that end a service.
struct StopSignals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl StopSignals {
    /// From here on they end nothing by themselves.
    fn listen() -> Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Waits for the next one.
    async fn recv(&mut self) -> Result<()> {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        #[cfg(not(unix))]
        tokio::signal::ctrl_c().await?;
        Ok(())
    }
}
