//! The name this machine has on its network.

use std::{net::IpAddr, time::Duration};

use tokio::time::timeout;

/// How long the system may take to say whether it knows the name.
const ANSWER: Duration = Duration::from_secs(2);

/// The machine's name among those who ask by multicast, `minas-laptop.local`, where it works as far as one can
/// tell from here: the system itself finds one of `addresses` by it.
pub async fn local_name(addresses: &[IpAddr]) -> Option<String> {
    let name = own_name()?;
    let found = timeout(ANSWER, tokio::net::lookup_host((name.as_str(), 0))).await.ok()?.ok()?;
    let ours = found.map(|address| address.ip()).any(|ip| addresses.contains(&ip));
    ours.then_some(name)
}

/// The same, whether it works or not.
pub(crate) fn own_name() -> Option<String> {
    Some(format!("{}.local", label(&host_name()?)?))
}

#[cfg(unix)]
fn host_name() -> Option<String> {
    rustix::system::uname().nodename().to_str().ok().map(str::to_owned)
}

#[cfg(not(unix))]
fn host_name() -> Option<String> {
    std::env::var("COMPUTERNAME").ok()
}

/// The first part of a host name, if it can stand in a link as it is.
fn label(name: &str) -> Option<String> {
    let label = name.split('.').next()?.to_ascii_lowercase();
    let plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let fits = (1..=63).contains(&label.len()) && plain && !label.starts_with('-') && !label.ends_with('-');
    (fits && label != "localhost").then_some(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_can_stand_in_a_link_is_taken() {
        for (name, taken) in [("Minas-Laptop", "minas-laptop"), ("minas-mac.local", "minas-mac"), ("pc7", "pc7")] {
            assert_eq!(label(name).as_deref(), Some(taken), "{name}");
        }
        for name in ["", "localhost", "미나", "a_b", "-a", "a b", &"x".repeat(64)] {
            assert_eq!(label(name), None, "{name}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_elsewhere_is_no_name_of_ours() {
        assert_eq!(local_name(&[]).await, None);
    }
}
