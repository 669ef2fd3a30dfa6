//! Whether others can reach a room, and what keeps them from it.

use std::net::SocketAddr;

use anyhow::Result;
use snug_relay::reach::{Cause, FirewallKind, Reach, observe, verdict};
use snug_tests::{Lan, Machine, TestClient, TestRelay, network, until};
use tokio::net::TcpSocket;

use crate::calls;

/// A machine connects, and the relay knows of it: the system takes the connection before the relay does.
async fn is_called(relay: &TestRelay, machine: &Machine, address: SocketAddr) -> Result<()> {
    assert!(calls(machine, address)?, "{address} takes no connection");
    let known = async || relay.handle().visited().iter().any(|visit| visit.here == address.ip()).then_some(());
    until("the relay to know of it", known).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_came_is_proof_and_this_machine_is_none() -> Result<()> {
    let Some(mut lan) = Lan::alone("reach::a_guest_who_came_is_proof_and_this_machine_is_none")? else {
        return Ok(());
    };
    let relay = TestRelay::on(network::ADDRESS).await;
    let machine = lan.machine()?;
    // The host's own app, and whatever else runs here.
    let _host = relay.join("Mina").await;
    let facts = observe(relay.addr(), &relay.handle().visited()).await;
    assert_eq!(facts.answers, Some(true));
    assert_eq!(verdict(&facts, relay.addr().port()).reach, Reach::Likely);

    is_called(&relay, &machine, relay.addr()).await?;
    let facts = observe(relay.addr(), &relay.handle().visited()).await;
    assert_eq!(verdict(&facts, relay.addr().port()).reach, Reach::Proven);

    // It was one while the port was open.
    lan.blocks(relay.addr().port())?;
    let facts = observe(relay.addr(), &relay.handle().visited()).await;
    assert!(facts.visited);
    assert_eq!(verdict(&facts, relay.addr().port()).reach, Reach::Impossible);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_came_is_no_proof_on_another_network() -> Result<()> {
    let Some(mut lan) = Lan::alone("reach::who_came_is_no_proof_on_another_network")? else { return Ok(()) };
    let relay = TestRelay::on(network::ADDRESS).await;
    let machine = lan.machine()?;
    let here = vec![relay.addr().to_string()];
    relay.handle().is_at(here.clone());
    is_called(&relay, &machine, relay.addr()).await?;
    assert!(observe(relay.addr(), &relay.handle().visited()).await.visited);
    // Off the network, and on one that gives the same address.
    relay.handle().is_at(Vec::new());
    relay.handle().is_at(here);
    assert!(!observe(relay.addr(), &relay.handle().visited()).await.visited);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_of_this_machines_own_proves_nothing() -> Result<()> {
    let Some(mut lan) = Lan::alone("reach::a_container_of_this_machines_own_proves_nothing")? else { return Ok(()) };
    let relay = TestRelay::on(network::ADDRESS).await;
    let container = lan.machine()?;
    // Behind a virtual adapter alone, from where it calls the address that is on the network.
    container.driven_at()?;
    let [_, _, _, number] = container.address().octets();
    container.ip("link set snug0 down")?;
    container.ip(&format!("route add {} via 10.85.{number}.1", network::ADDRESS))?;
    is_called(&relay, &container, relay.addr()).await?;
    assert!(!observe(relay.addr(), &relay.handle().visited()).await.visited, "it was seen and proves nothing");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_port_is_named_with_what_opens_it() -> Result<()> {
    let Some(mut lan) = Lan::alone("reach::a_blocked_port_is_named_with_what_opens_it")? else { return Ok(()) };
    let relay = TestRelay::on(network::ADDRESS).await;
    let (machine, port) = (lan.machine()?, relay.addr().port());
    lan.blocks(port)?;
    assert!(!calls(&machine, relay.addr())?, "the guest gets no answer");
    let found = verdict(&observe(relay.addr(), &relay.handle().visited()).await, port);
    assert_eq!(found.reach, Reach::Impossible);
    let Some(Cause::Firewall { kind: FirewallKind::Nftables, command: Some(command) }) = found.cause else {
        panic!("not the cause: {found:?}");
    };
    // And it does help.
    let words: Vec<&str> = command.split(' ').collect();
    assert_eq!(words[..2], ["sudo", "nft"]);
    let typed = std::process::Command::new(snug_tests::tool("nft")?).args(&words[2..]).status()?;
    assert!(typed.success(), "{command}");
    assert!(calls(&machine, relay.addr())?, "the guest gets in now");
    Ok(())
}

/// As most people are, who never run the app as root.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_read_the_rules_isnt_told_that_there_are_none() -> Result<()> {
    const TEST: &str = "reach::whoever_may_not_read_the_rules_isnt_told_that_there_are_none";
    if !network::own(TEST) {
        return Ok(());
    }
    let rules = tempfile::NamedTempFile::new()?;
    let wall =
        "table inet wall {\n chain input {\n type filter hook input priority 0; policy drop;\n iif lo accept\n }\n}\n";
    std::fs::write(rules.path(), wall)?;
    if !network::as_an_ordinary_user(TEST, rules.path()) {
        return Ok(());
    }
    let relay = TestRelay::on(network::ADDRESS).await;
    let found = verdict(&observe(relay.addr(), &relay.handle().visited()).await, relay.addr().port());
    assert_eq!(found.reach, Reach::Doubtful);
    let Some(Cause::Firewall { kind: FirewallKind::Nftables, command: Some(command) }) = found.cause else {
        panic!("not the cause: {found:?}");
    };
    assert!(command.contains("inet wall input"), "{command}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_kept_apart_by_their_wifi_are_nothing_the_host_claims_to_know() -> Result<()> {
    let Some(mut lan) = Lan::alone("reach::guests_kept_apart_by_their_wifi_are_nothing_the_host_claims_to_know")?
    else {
        return Ok(());
    };
    let relay = TestRelay::on(network::ADDRESS).await;
    let machine = lan.machine()?;
    lan.isolates(&machine)?;
    assert!(!calls(&machine, relay.addr())?, "they are kept apart");
    let facts = observe(relay.addr(), &relay.handle().visited()).await;
    let found = verdict(&facts, relay.addr().port());
    assert_eq!((found.reach, found.cause), (Reach::Likely, None), "likely, and not more");

    // Another one isn't kept apart. That others can get here is then true, and of the first one it says nothing.
    let other = lan.machine()?;
    is_called(&relay, &other, relay.addr()).await?;
    let found = verdict(&observe(relay.addr(), &relay.handle().visited()).await, relay.addr().port());
    assert_eq!((found.reach, found.cause), (Reach::Proven, None));
    assert!(!calls(&machine, relay.addr())?, "they still are");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_is_reached_over_ipv6_too() -> Result<()> {
    let Some(mut lan) = Lan::alone("reach::a_room_is_reached_over_ipv6_too")? else { return Ok(()) };
    let machine = lan.machine()?;
    // Nobody else has it, so there is no waiting to find that out.
    let ip = |arguments: &str| std::process::Command::new("ip").args(arguments.split(' ')).status();
    assert!(ip("address add fd00:84::1/64 dev snug0 nodad")?.success());
    machine.ip("address add fd00:84::2/64 dev snug0 nodad")?;
    let relay = TestRelay::on(std::net::Ipv4Addr::UNSPECIFIED).await;
    assert!(relay.handle().listen_on_ipv6());
    let port = relay.addr().port();
    is_called(&relay, &machine, format!("[fd00:84::1]:{port}").parse()?).await?;
    let found: Vec<String> = snug_relay::addresses().iter().map(|address| address.ip.to_string()).collect();
    assert_eq!(found, [network::ADDRESS.to_string(), "fd00:84::1".to_owned()], "IPv6 comes after IPv4");
    let visits = relay.handle().visited();
    let came: Vec<_> = visits.iter().map(|visit| (visit.here, visit.there)).collect();
    assert_eq!(came, [("fd00:84::1".parse()?, "fd00:84::2".parse()?)]);
    assert!(observe(relay.addr(), &visits).await.visited);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nine_guests_of_one_ipv6_network_knock_at_the_same_time() -> Result<()> {
    let test = "reach::nine_guests_of_one_ipv6_network_knock_at_the_same_time";
    let Some(_lan) = Lan::alone(test)? else { return Ok(()) };
    let ip = |arguments: &str| std::process::Command::new("ip").args(arguments.split(' ')).status();
    for last in 1..=10 {
        assert!(ip(&format!("address add fd00:84::{last:x}/64 dev snug0 nodad"))?.success());
    }
    let relay = TestRelay::on(std::net::Ipv4Addr::UNSPECIFIED).await;
    assert!(relay.handle().listen_on_ipv6());
    let host: SocketAddr = format!("[fd00:84::1]:{}", relay.addr().port()).parse()?;
    let mut waiting = Vec::new();
    // One is there as often as one may be, eight more have an address of their own each.
    for (last, times) in [(2, 8)].into_iter().chain((3..=10).map(|last| (last, 1))) {
        for time in 0..times {
            let socket = TcpSocket::new_v6()?;
            socket.bind(format!("[fd00:84::{last:x}]:0").parse()?)?;
            let mut guest = TestClient::over(socket.connect(host).await?, host).await;
            let (name, device) = (format!("Guest {last}"), format!("the-device-of-guest-{last}-{time}"));
            guest.knocks(&relay.invite.room, &name, &device).await;
            guest.waits().await;
            waiting.push(guest);
        }
    }
    assert_eq!(waiting.len(), 16);
    Ok(())
}
