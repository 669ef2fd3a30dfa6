//! Tells Tauri what the page may ask of the shell: `permissions/page.toml`, granted to the one window
//! by `capabilities/main.json`.

use tauri_build::{AppManifest, Attributes, WindowsAttributes};

const PERMISSIONS: &str = "src-tauri/permissions";

fn main() {
    // Tauri watches the capabilities by itself, but not permissions under another path than its own.
    println!("cargo::rerun-if-changed={PERMISSIONS}");
    println!("cargo::rerun-if-changed=src-tauri/capabilities");
    let attributes = Attributes::new()
        .app_manifest(AppManifest::new().permissions_path_pattern("./src-tauri/permissions/**/*"))
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .windows_attributes(WindowsAttributes::new().window_icon_path("src-tauri/icons/icon.ico"));
    if let Err(error) = tauri_build::try_build(attributes) {
        // The whole chain as the build's own message, instead of a panic's.
        println!("cargo::error={error:#}");
    }
}
