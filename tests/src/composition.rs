//! What an input method does to a field.

use anyhow::Result;

use crate::Page;

/// In which order an engine tells of the Enter that ends a composition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The key, then the end: Chromium, WebKitGTK, Firefox.
    KeyFirst,
    /// The end, then the key: Safari.
    EndFirst,
}

/// Composes the last syllable of what stands in the composer and ends it with Enter, by the events a Korean
/// input method makes; what stands there then.
///
/// # Errors
/// When there is no composer.
pub async fn ends_with_enter(page: &Page, order: Order) -> Result<String> {
    let key_first = order == Order::KeyFirst;
    let script = format!(
        "const field = document.querySelector(\"[data-testid='composer']\");
         field.focus();
         const fire = (event) => field.dispatchEvent(event);
         fire(new CompositionEvent('compositionstart', {{ bubbles: true }}));
         fire(new CompositionEvent('compositionupdate', {{ bubbles: true, data: '의' }}));
         const end = () => fire(new CompositionEvent('compositionend', {{ bubbles: true, data: '의' }}));
         const enter = (composing) => fire(new KeyboardEvent('keydown', {{
             key: 'Enter', code: 'Enter', keyCode: 229, isComposing: composing, bubbles: true, cancelable: true }}));
         if ({key_first}) {{ enter(true); end(); }} else {{ end(); enter(false); }}
         return field.value"
    );
    Ok(page.run(&script).await?.as_str().unwrap_or_default().to_owned())
}
