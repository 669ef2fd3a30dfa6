//! Several machines on one: each in a network namespace of its own, all on one bridge.

use std::{
    net::{IpAddr, Ipv4Addr},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use crate::{network, tool};

/// The network of the machine a test runs on, with room for more machines on it. The machine itself is reached
/// at [`network::ADDRESS`].
pub struct Lan {
    machines: u8,
}

/// Another machine on it, until it is dropped: then it is gone at once, as if switched off.
pub struct Machine {
    /// Its namespace lasts as long as the last process in it.
    holder: Child,
    address: Ipv4Addr,
}

impl Lan {
    /// Runs the test of this name once more, on a machine of its own, as [`network::own`] does; `None` where it
    /// is run from.
    ///
    /// # Errors
    /// When the bridge can't be laid.
    ///
    /// # Panics
    /// When the run inside fails, or there can be no namespace: that takes root.
    pub fn alone(test: &str) -> Result<Option<Self>> {
        if !network::own(test) {
            return Ok(None);
        }
        run(&mut ip("link add snug-lan type bridge"))?;
        run(&mut ip("link set snug1 master snug-lan"))?;
        run(&mut ip("link set snug-lan up"))?;
        Ok(Some(Self { machines: 1 }))
    }

    /// Another machine, switched on and plugged in.
    ///
    /// # Errors
    /// When there can be no namespace.
    pub fn machine(&mut self) -> Result<Machine> {
        self.machines += 1;
        let number = self.machines;
        let [a, b, c, _] = network::ADDRESS.octets();
        let machine = Machine::start(Ipv4Addr::new(a, b, c, number))?;
        let pid = machine.holder.id();
        run(&mut ip(&format!("link add snug-m{number} type veth peer name snug0 netns {pid}")))?;
        run(&mut ip(&format!("link set snug-m{number} master snug-lan up")))?;
        machine.ip("link set lo up")?;
        machine.ip(&format!("address add {}/24 dev snug0", machine.address))?;
        machine.ip("link set snug0 up")?;
        Ok(machine)
    }

    /// Keeps two machines from each other, as guest Wi-Fi does: what one of them sends the other is dropped.
    ///
    /// # Errors
    /// When ip fails.
    pub fn isolates(&self, machine: &Machine) -> Result<()> {
        let port = format!("snug-m{}", machine.address.octets()[3]);
        run(&mut ip(&format!("link set {port} type bridge_slave isolated on")))?;
        run(&mut ip("link set snug1 type bridge_slave isolated on"))
    }

    /// Gives the machine the test runs on another address, in place of the one it has.
    ///
    /// # Errors
    /// When ip fails.
    pub fn moves(&self, from: IpAddr, to: IpAddr) -> Result<()> {
        run(&mut ip(&format!("address del {from}/24 dev snug0")))?;
        run(&mut ip(&format!("address add {to}/24 dev snug0")))
    }

    /// Changes something of the network of the machine the test runs on.
    ///
    /// # Errors
    /// When ip fails.
    pub fn ip(&self, arguments: &str) -> Result<()> {
        run(&mut ip(arguments))
    }

    /// Drops whatever comes in for a port, on the machine the test runs on, without an answer.
    ///
    /// # Errors
    /// When nft fails.
    pub fn blocks(&self, port: u16) -> Result<()> {
        let rules = format!(
            "add table inet wall; add chain inet wall input {{ type filter hook input priority 0; }}; \
             add rule inet wall input tcp dport {port} drop"
        );
        run(Command::new(tool("nft")?).arg(rules))
    }
}

impl Machine {
    fn start(address: Ipv4Addr) -> Result<Self> {
        let holder = Command::new(tool("unshare")?)
            // It tells that it is there by the line it writes.
            .args(["--net", "--", "sh", "-c", "echo on && exec cat"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut machine = Self { holder, address };
        let mut line = [0; 3];
        let told = machine.holder.stdout.as_mut().context("it is piped")?;
        std::io::Read::read_exact(told, &mut line).context("there is no namespace: that takes root")?;
        Ok(machine)
    }

    /// Where it is reached.
    pub fn address(&self) -> Ipv4Addr {
        self.address
    }

    /// Where the test reaches what drives an app there, however addresses change: a cable of its own, which the app
    /// takes for a virtual one.
    ///
    /// # Errors
    /// When ip fails.
    pub fn driven_at(&self) -> Result<Ipv4Addr> {
        let [_, _, _, number] = self.address.octets();
        let (here, there) = (Ipv4Addr::new(10, 85, number, 1), Ipv4Addr::new(10, 85, number, 2));
        let pid = self.holder.id();
        if ip(&format!("link show veth-d{number}")).output()?.status.success() {
            return Ok(there);
        }
        run(&mut ip(&format!("link add veth-d{number} type veth peer name veth-drive netns {pid}")))?;
        run(&mut ip(&format!("address add {here}/24 dev veth-d{number}")))?;
        run(&mut ip(&format!("link set veth-d{number} up")))?;
        self.ip(&format!("address add {there}/24 dev veth-drive"))?;
        self.ip("link set veth-drive up")?;
        Ok(there)
    }

    /// A program to be started on it.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Result<Command> {
        let mut command = Command::new(tool("nsenter")?);
        command.arg(format!("--net=/proc/{}/ns/net", self.holder.id())).arg("--").arg(program);
        Ok(command)
    }

    /// Changes something of its network.
    ///
    /// # Errors
    /// When ip fails.
    pub fn ip(&self, arguments: &str) -> Result<()> {
        run(self.command(tool("ip")?)?.args(arguments.split(' ')))
    }

    /// Gives it another address, in place of the one it has.
    ///
    /// # Errors
    /// When ip fails.
    pub fn moves(&mut self, to: Ipv4Addr) -> Result<()> {
        self.ip(&format!("address del {}/24 dev snug0", self.address))?;
        self.ip(&format!("address add {to}/24 dev snug0"))?;
        self.address = to;
        Ok(())
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _gone_already = self.holder.kill();
        let _ended = self.holder.wait();
    }
}

fn ip(arguments: &str) -> Command {
    let mut command = Command::new(tool("ip").unwrap_or_else(|_| "ip".into()));
    command.args(arguments.split(' '));
    command
}

fn run(command: &mut Command) -> Result<()> {
    let ran = command.output()?;
    ensure!(ran.status.success(), "{command:?}: {}", String::from_utf8_lossy(&ran.stderr));
    Ok(())
}
