//! A disk of a test's own, small enough to be filled.

use std::{
    env,
    fs::{self, File},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use crate::namespace;

const INSIDE: &str = "SNUG_TEST_DISK";

/// A file system that only this test sees. Temporary directories are made on it.
pub struct Disk {
    root: PathBuf,
}

/// Runs the test of this name once more with a disk of `kilobytes`, which goes with it. The disk inside;
/// nothing outside, once the run inside has passed.
///
/// # Panics
/// When the run inside fails, or there can be no such disk: that takes root.
pub fn own(test: &str, kilobytes: u32) -> Option<Disk> {
    if let Some(root) = env::var_os(INSIDE) {
        return Some(Disk { root: root.into() });
    }
    let root = tempfile::tempdir().expect("a temporary directory");
    let at = root.path().to_str().expect("its name is text");
    let mount = format!("mount -t tmpfs -o size={kilobytes}k snug '{at}' && export TMPDIR='{at}'");
    namespace::run(test, "--mount", &mount, (INSIDE, at));
    None
}

impl Disk {
    /// Where it is mounted.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Fills it to the last byte, or leaves some kilobytes.
    pub fn fill(&self, leave: usize) {
        let reserved = self.root.join("reserved");
        fs::write(&reserved, vec![0; leave * 1024]).expect("as much as that is there");
        let mut file = File::options().create(true).append(true).open(self.root.join("filling")).expect("writable");
        let full = loop {
            if let Err(full) = file.write_all(&[0; 1024]) {
                break full;
            }
        };
        assert_eq!(full.kind(), ErrorKind::StorageFull);
        fs::remove_file(reserved).expect("there");
    }

    /// Makes room again.
    pub fn clear(&self) {
        fs::remove_file(self.root.join("filling")).expect("it was filled");
    }
}
