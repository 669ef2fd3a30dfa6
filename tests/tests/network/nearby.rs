//! Rooms that are found on the network by themselves, and lost again.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use anyhow::{Context, Result};
use snug_relay::{
    nearby::{Advert, Found, NearbyRoom, Search},
    wire::{Door, Order},
};
use snug_tests::{DEADLINE, Lan, Link, SILENCE};
use tokio::{
    net::UdpSocket,
    sync::watch,
    time::{Instant, timeout},
};

use crate::Elsewhere;

/// By then a room that was opened is on others' lists.
const DISCOVERY: Duration = Duration::from_secs(2);

/// By then lists say what a room has become.
const FOLLOWS: Duration = Duration::from_secs(5);

/// Waits for what is nearby to be as described.
async fn until(
    what: &str,
    found: &mut watch::Receiver<Found>,
    within: Duration,
    wanted: impl Fn(&[NearbyRoom]) -> bool,
) -> Result<Vec<NearbyRoom>> {
    let reached = timeout(within, found.wait_for(|found| wanted(&found.rooms))).await;
    let rooms = reached.with_context(|| format!("waited for {what} in vain"))??.rooms.clone();
    Ok(rooms)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_is_found_within_two_seconds_and_gone_when_it_closes() -> Result<()> {
    let Some(mut lan) = Lan::alone("nearby::a_room_is_found_within_two_seconds_and_gone_when_it_closes")? else {
        return Ok(());
    };
    let machine = lan.machine()?;
    let search = Search::start();
    let mut found = search.found();
    let den = Elsewhere::host(&machine, "Mina’s den. 2").await?;
    let link = Link::parse(&den.link);
    let began = Instant::now();
    let rooms = until("the room", &mut found, DEADLINE, |rooms| !rooms.is_empty()).await?;
    let took = began.elapsed();
    assert!(took < DISCOVERY, "it took {took:?}");
    assert_eq!(rooms.len(), 1);
    assert_eq!(rooms[0].name, "Mina’s den. 2");
    assert_eq!(rooms[0].room, link.room());
    assert_eq!(rooms[0].addresses, [SocketAddr::from((machine.address(), link.addr.port()))]);
    assert!(!rooms[0].open);

    // Whoever comes later hears of it as well.
    let later = Search::start();
    until("the room, later", &mut later.found(), DISCOVERY, |rooms| rooms.len() == 1).await?;

    den.stop().await?;
    until("it to be gone", &mut found, DISCOVERY, <[_]>::is_empty).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_whose_host_was_killed_is_gone_without_a_goodbye() -> Result<()> {
    let Some(mut lan) = Lan::alone("nearby::a_room_whose_host_was_killed_is_gone_without_a_goodbye")? else {
        return Ok(());
    };
    let machine = lan.machine()?;
    let search = Search::start();
    let mut found = search.found();
    let den = Elsewhere::host(&machine, "Den").await?;
    until("the room", &mut found, DEADLINE, |rooms| rooms.len() == 1).await?;
    den.kill().await?;
    until("it to be gone", &mut found, DEADLINE, <[_]>::is_empty).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_moves_is_found_where_it_is() -> Result<()> {
    let Some(mut lan) = Lan::alone("nearby::a_room_that_moves_is_found_where_it_is")? else { return Ok(()) };
    let mut machine = lan.machine()?;
    let search = Search::start();
    let mut found = search.found();
    let _den = Elsewhere::host(&machine, "Den").await?;
    let before = machine.address();
    until("the room", &mut found, DEADLINE, |rooms| rooms.len() == 1).await?;
    let to = Ipv4Addr::new(10, 84, 0, 77);
    machine.moves(to)?;
    let began = Instant::now();
    let at = |ip: Ipv4Addr| move |room: &NearbyRoom| room.addresses.iter().any(|address| address.ip() == ip);
    until("the new address", &mut found, DEADLINE, |rooms| rooms.iter().any(at(to))).await?;
    assert!(began.elapsed() < Duration::from_secs(4), "it took {:?}", began.elapsed());
    until("the old one to be gone", &mut found, DEADLINE, |rooms| !rooms.iter().any(at(before))).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_is_renamed_or_opened_by_its_host_is_listed_so_and_once() -> Result<()> {
    let test = "nearby::a_room_that_is_renamed_or_opened_by_its_host_is_listed_so_and_once";
    let Some(mut lan) = Lan::alone(test)? else { return Ok(()) };
    let machine = lan.machine()?;
    let search = Search::start();
    let mut found = search.found();
    let den = Elsewhere::host(&machine, "Den").await?;
    until("the room", &mut found, DEADLINE, |rooms| rooms.len() == 1).await?;

    let mut host = den.hosted().await?;
    host.orders(Order::Rename { name: "Attic".into() }).await;
    let renamed = |rooms: &[NearbyRoom]| rooms.len() == 1 && rooms[0].name == "Attic" && !rooms[0].open;
    until("its new name alone", &mut found, FOLLOWS, renamed).await?;
    // Not only for a moment: whoever looks around from now on finds the one name.
    let later = Search::start();
    until("the new name, later", &mut later.found(), DISCOVERY, renamed).await?;
    let old = |found: &Found| found.rooms.iter().any(|room| room.name == "Den");
    let told = timeout(SILENCE, later.found().wait_for(old)).await.is_ok();
    assert!(!told, "the old name is still told");

    host.orders(Order::Door { door: Door::Open }).await;
    until("it to be open", &mut found, FOLLOWS, |rooms| rooms.len() == 1 && rooms[0].open).await?;
    host.orders(Order::Door { door: Door::Locked }).await;
    until("it to be closed", &mut found, FOLLOWS, |rooms| rooms.len() == 1 && !rooms[0].open).await?;
    den.stop().await
}

/// As when a machine sleeps or its Wi-Fi drops: the adapter goes and comes back as it was.
#[tokio::test(flavor = "multi_thread")]
async fn when_the_network_is_back_the_room_is_found_and_its_guests_go_on() -> Result<()> {
    let test = "nearby::when_the_network_is_back_the_room_is_found_and_its_guests_go_on";
    let Some(mut lan) = Lan::alone(test)? else { return Ok(()) };
    let machine = lan.machine()?;
    let search = Search::start();
    let mut found = search.found();
    let den = Elsewhere::host(&machine, "Den").await?;
    let mut inside = den.hosted().await?;
    until("the room", &mut found, DEADLINE, |rooms| rooms.len() == 1).await?;

    // The host's.
    machine.ip("link set snug0 down")?;
    until("it to be gone", &mut found, DEADLINE, <[_]>::is_empty).await?;
    machine.ip("link set snug0 up")?;
    until("the room, once its host is back", &mut found, DEADLINE, |rooms| rooms.len() == 1).await?;
    inside.says("still here").await;
    den.hosted().await?.says_with_id("later", "and so are those who come").await.expect("it is kept");

    // The guest's.
    lan.ip("link set snug0 down")?;
    timeout(DEADLINE, found.wait_for(|found| found.deaf && found.rooms.is_empty())).await.context("it notices")??;
    lan.ip("link set snug0 up")?;
    until("the room, once this machine is back", &mut found, DEADLINE, |rooms| rooms.len() == 1).await?;
    timeout(DEADLINE, found.wait_for(|found| !found.deaf)).await.context("it hears again")??;
    inside.says("here again").await;
    den.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_couldnt_be_told_of_is_told_of_as_soon_as_it_can() -> Result<()> {
    let test = "nearby::a_room_that_couldnt_be_told_of_is_told_of_as_soon_as_it_can";
    let Some(_lan) = Lan::alone(test)? else { return Ok(()) };
    // Another program keeps the port to itself.
    let taken = UdpSocket::bind("0.0.0.0:5353").await?;
    let mut advert = Advert::of("abcd1234", 7684);
    assert!(!advert.tell("Den", false));
    assert!(!advert.tell("Den", false));
    drop(taken);
    assert!(advert.tell("Den", false));
    let search = Search::start();
    until("the room", &mut search.found(), DEADLINE, |rooms| rooms.len() == 1).await?;
    advert.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_records_is_bounded_and_harms_no_honest_room() -> Result<()> {
    let Some(mut lan) = Lan::alone("nearby::a_flood_of_records_is_bounded_and_harms_no_honest_room")? else {
        return Ok(());
    };
    let machine = lan.machine()?;
    let search = Search::start();
    let mut found = search.found();
    let den = Elsewhere::host(&machine, "Den").await?;
    until("the room", &mut found, DEADLINE, |rooms| rooms.len() == 1).await?;

    let flood = UdpSocket::bind((snug_tests::network::ADDRESS, 0)).await?;
    for number in 0..300_u16 {
        flood.send_to(&record(&format!("{}{number}", "\u{202e}x".repeat(10)), number), "224.0.0.251:5353").await?;
    }
    let rooms = until("some of the flood", &mut found, DEADLINE, |rooms| rooms.len() > 10).await?;
    let listed = |rooms: &[NearbyRoom]| rooms.iter().any(|room| room.name == "Den");
    assert!(listed(&rooms), "who was there first stays");
    // Whatever else comes of it.
    let more = timeout(SILENCE, found.wait_for(|found| found.rooms.len() > 64)).await.is_ok();
    assert!(!more, "too many are listed");
    assert!(found.borrow().rooms.iter().all(|room| !room.name.contains('\u{202e}')), "names are cleaned");
    den.stop().await?;
    until("the honest room to be gone", &mut found, DEADLINE, |rooms| !listed(rooms)).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_nothing_hangs_and_it_is_said() -> Result<()> {
    let Some(lan) = Lan::alone("nearby::without_a_network_nothing_hangs_and_it_is_said")? else { return Ok(()) };
    lan.ip("link set snug0 down")?;
    let search = Search::start();
    timeout(DEADLINE, search.found().wait_for(|found| found.deaf)).await.context("it says that it is deaf")??;
    // Telling of a room does nothing, and stopping it takes no time.
    let mut advert = Advert::of("abcd1234", 7684);
    advert.tell("Den", false);
    timeout(Duration::from_secs(2), advert.stop()).await.context("stopping it takes too long")?;
    Ok(())
}

/// A whole answer, made by hand: a room of this name at the machine the test runs on.
fn record(name: &str, number: u16) -> Vec<u8> {
    const PTR: u16 = 12;
    const TXT: u16 = 16;
    const SRV: u16 = 33;
    const A: u16 = 1;
    let labels = |labels: &[&str]| -> Vec<u8> {
        let long = |label: &&str| [&[u8::try_from(label.len()).expect("a label")], label.as_bytes()].concat();
        let mut name: Vec<u8> = labels.iter().flat_map(long).collect();
        name.push(0);
        name
    };
    let service = labels(&["_snug", "_tcp", "local"]);
    let instance = labels(&[name, "_snug", "_tcp", "local"]);
    let host = labels(&[&format!("h{number}"), "local"]);
    let answer = |name: &[u8], kind: u16, data: &[u8]| -> Vec<u8> {
        let length = u16::try_from(data.len()).expect("short").to_be_bytes();
        [name, &kind.to_be_bytes(), &[0, 1], &120_u32.to_be_bytes(), &length, data].concat()
    };
    let text = |text: String| [&[u8::try_from(text.len()).expect("short")], text.as_bytes()].concat();
    let told = [text("v=1".into()), text(format!("room=flood{number}")), text("open=1".into())].concat();
    let place = [&[0, 0, 0, 0][..], &7684_u16.to_be_bytes(), &host].concat();
    let mut packet = vec![0, 0, 0x84, 0, 0, 0, 0, 4, 0, 0, 0, 0];
    packet.extend(answer(&service, PTR, &instance));
    packet.extend(answer(&instance, SRV, &place));
    packet.extend(answer(&instance, TXT, &told));
    packet.extend(answer(&host, A, &snug_tests::network::ADDRESS.octets()));
    packet
}
