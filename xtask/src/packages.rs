//! The operating system's programs and libraries Snug is built and tested with, and what each
//! system calls them. The list of things to keep current lives here and nowhere else.

/// Something the operating system's package manager provides.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Package {
    /// What it is, for people.
    pub(crate) what: &'static str,
    /// How to tell that it is there.
    pub(crate) probe: Probe,
    /// The package in Debian.
    pub(crate) debian: &'static str,
    /// The package in Ubuntu, where it differs.
    pub(crate) ubuntu: Option<&'static str>,
    /// The package in Fedora, or a file it brings: dnf takes either.
    pub(crate) fedora: &'static str,
    /// The package in Arch Linux.
    pub(crate) arch: &'static str,
    /// How it is with macOS and Windows.
    pub(crate) elsewhere: Elsewhere,
}

/// What shows that a package is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Probe {
    /// One of these programs on `PATH`.
    Program(&'static [&'static str]),
    /// A library `pkg-config` knows.
    Library(&'static str),
    /// A font that covers this language.
    Font(&'static str),
    /// A file at this place.
    File(&'static str),
    /// One of GTK's modules for input methods.
    InputModule(&'static str),
}

/// A package on macOS and Windows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Elsewhere {
    /// Part of the system, or of what Rust itself needs there.
    BuiltIn,
    /// Not there, so what needs it runs only on Linux.
    LinuxOnly,
}

use Elsewhere::{BuiltIn, LinuxOnly};
use Probe::{File, Font, InputModule, Library, Program};

/// Most have the same name in Debian and Ubuntu.
const fn package(
    what: &'static str,
    probe: Probe,
    [debian, fedora, arch]: [&'static str; 3],
    elsewhere: Elsewhere,
) -> Package {
    Package { what, probe, debian, ubuntu: None, fedora, arch, elsewhere }
}

const C_COMPILER: Package =
    package("a C compiler (SQLite is compiled in)", Program(&["cc"]), ["build-essential", "gcc", "gcc"], BuiltIn);
const PKG_CONFIG: Package =
    package("pkg-config", Program(&["pkg-config"]), ["pkg-config", "pkgconf-pkg-config", "pkgconf"], BuiltIn);
const WEBKIT: Package = package(
    "WebKitGTK, the window's web view",
    Library("webkit2gtk-4.1"),
    ["libwebkit2gtk-4.1-dev", "webkit2gtk4.1-devel", "webkit2gtk-4.1"],
    BuiltIn,
);
const LIBRSVG: Package =
    package("librsvg, for icons", Library("librsvg-2.0"), ["librsvg2-dev", "librsvg2-devel", "librsvg"], BuiltIn);
const APPINDICATOR: Package = package(
    "Ayatana AppIndicator, for the tray",
    Library("ayatana-appindicator3-0.1"),
    ["libayatana-appindicator3-dev", "libayatana-appindicator-gtk3-devel", "libayatana-appindicator"],
    BuiltIn,
);
const XDG_UTILS: Package = package(
    "xdg-open, which opens links outside the app",
    Program(&["xdg-open"]),
    ["xdg-utils", "xdg-utils", "xdg-utils"],
    BuiltIn,
);
const CHROMIUM: Package = Package {
    ubuntu: Some("chromium-browser"),
    ..package(
        "Chromium",
        Program(&["chromium", "chromium-browser", "google-chrome"]),
        ["chromium", "chromium", "chromium"],
        LinuxOnly,
    )
};
const CHROMEDRIVER: Package = Package {
    ubuntu: Some("chromium-chromedriver"),
    ..package(
        "chromedriver, which the tests steer Chromium by",
        Program(&["chromedriver"]),
        ["chromium-driver", "/usr/bin/chromedriver", "chromium"],
        LinuxOnly,
    )
};
const IPROUTE: Package =
    package("ip, which lays the tests' own network", Program(&["ip"]), ["iproute2", "iproute", "iproute2"], LinuxOnly);
const NFTABLES: Package = package(
    "nft, by which the tests put up a firewall",
    Program(&["nft"]),
    ["nftables", "nftables", "nftables"],
    LinuxOnly,
);
const BASH: Package =
    package("bash, which calls other machines", Program(&["bash"]), ["bash", "bash", "bash"], LinuxOnly);
const TIMEOUT: Package = package(
    "timeout, which ends what doesn't",
    Program(&["timeout"]),
    ["coreutils", "coreutils", "coreutils"],
    LinuxOnly,
);
const KILL: Package = package(
    "kill, which the tests end the relay with",
    Program(&["kill"]),
    ["procps", "util-linux", "util-linux"],
    LinuxOnly,
);
const FAKETIME: Package = package(
    "faketime, which sets the clock for one program",
    Program(&["faketime"]),
    ["faketime", "libfaketime", "libfaketime"],
    LinuxOnly,
);
const PRLIMIT: Package = package(
    "prlimit, which lets a program open few files",
    Program(&["prlimit"]),
    ["util-linux", "util-linux", "util-linux"],
    LinuxOnly,
);
const STRACE: Package = package(
    "strace, which lets a disk hang for one program",
    Program(&["strace"]),
    ["strace", "strace", "strace"],
    LinuxOnly,
);
const UNSHARE: Package = package(
    "unshare, which keeps the tests' network apart",
    Program(&["unshare"]),
    ["util-linux", "util-linux", "util-linux"],
    LinuxOnly,
);
const NSENTER: Package =
    package("nsenter, which goes there", Program(&["nsenter"]), ["util-linux", "util-linux", "util-linux"], LinuxOnly);
const SETPRIV: Package = package(
    "setpriv, which takes root's powers away",
    Program(&["setpriv"]),
    ["util-linux", "util-linux", "util-linux"],
    LinuxOnly,
);
const XVFB: Package = package(
    "Xvfb, a display without a screen",
    Program(&["Xvfb"]),
    ["xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb"],
    LinuxOnly,
);
const XAUTH: Package = package("xauth", Program(&["xauth"]), ["xauth", "xorg-x11-xauth", "xorg-xauth"], LinuxOnly);
const DBUS: Package =
    package("dbus-run-session", Program(&["dbus-run-session"]), ["dbus", "dbus-daemon", "dbus"], LinuxOnly);
const WEBKIT_DRIVER: Package = package(
    "WebKitWebDriver, which the tests steer the window by",
    Program(&["WebKitWebDriver"]),
    ["webkit2gtk-driver", "/usr/bin/WebKitWebDriver", "webkit2gtk-4.1"],
    LinuxOnly,
);
const IBUS: Package =
    package("IBus, through which Koreans type", Program(&["ibus"]), ["ibus", "ibus", "ibus"], LinuxOnly);
const IBUS_GTK: Package =
    package("IBus's module for GTK", InputModule("im-ibus.so"), ["ibus-gtk3", "ibus-gtk3", "ibus"], LinuxOnly);
const IBUS_HANGUL: Package = package(
    "IBus's Hangul",
    File("/usr/share/ibus/component/hangul.xml"),
    ["ibus-hangul", "ibus-hangul", "ibus-hangul"],
    LinuxOnly,
);
const FONT_LATIN: Package =
    package("a text font", Font("en"), ["fonts-noto-core", "google-noto-sans-fonts", "noto-fonts"], BuiltIn);
const FONT_CJK: Package = package(
    "a font for Chinese, Japanese and Korean",
    Font("ko"),
    ["fonts-noto-cjk", "google-noto-sans-cjk-fonts", "noto-fonts-cjk"],
    BuiltIn,
);
const FONT_EMOJI: Package = package(
    "an emoji font",
    Font("und-zsye"),
    ["fonts-noto-color-emoji", "google-noto-color-emoji-fonts", "noto-fonts-emoji"],
    BuiltIn,
);

/// To compile the relay and drive it over sockets.
pub(crate) const RELAY: &[Package] = &[C_COMPILER, KILL, PRLIMIT, STRACE];

/// To set the relay's clock.
pub(crate) const FAULTS: &[Package] = &[FAKETIME];

/// To compile and run the desktop app.
pub(crate) const WINDOW: &[Package] = &[C_COMPILER, PKG_CONFIG, WEBKIT, LIBRSVG, APPINDICATOR, XDG_UTILS];

/// To drive two people in Chromium, one of them on a network of its own, in a room of months ago.
pub(crate) const BROWSER: &[Package] =
    &[CHROMIUM, CHROMEDRIVER, FAKETIME, IPROUTE, UNSHARE, NSENTER, FONT_LATIN, FONT_CJK, FONT_EMOJI];

/// To lay a network of several machines.
pub(crate) const NETWORK: &[Package] = &[IPROUTE, UNSHARE, NSENTER, SETPRIV, NFTABLES, BASH, TIMEOUT];

/// To drive the real window where nobody looks.
pub(crate) const DISPLAY: &[Package] = &[XVFB, XAUTH, DBUS, WEBKIT_DRIVER, IBUS, IBUS_GTK, IBUS_HANGUL];

/// Whether the program `name` is one of those above.
pub(crate) fn provides(name: &str) -> bool {
    [RELAY, FAULTS, NETWORK, WINDOW, BROWSER, DISPLAY]
        .concat()
        .iter()
        .any(|package| matches!(package.probe, Program(names) if names.contains(&name)))
}
