import { useState } from 'preact/hooks'
import { chooseTheme, type ThemeChoice, themeChoice } from '../look'
import {
  chooseLanguage,
  LANGUAGES,
  type Language,
  type LanguageChoice,
  languageChoice,
  words,
} from '../words/words'
import { Dialog } from './dialog'
import { Icon } from './icon'

/** Appearance and language, behind one button. */
export function Menu() {
  const [open, setOpen] = useState(false)
  const w = words.value
  return (
    <>
      <button
        type="button"
        class="icon-button"
        aria-label={w.menu}
        title={w.menu}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <Icon name="settings" />
      </button>
      {open && (
        <Dialog kind="menu" title={w.menu} close={() => setOpen(false)}>
          <fieldset class="choice">
            <legend>{w.theme}</legend>
            <div class="segments">
              {(['system', 'light', 'dark'] as ThemeChoice[]).map((theme) => (
                <label key={theme}>
                  <input
                    type="radio"
                    name="theme"
                    checked={themeChoice.value === theme}
                    onChange={() => chooseTheme(theme)}
                  />
                  <span>{w.themes[theme]}</span>
                </label>
              ))}
            </div>
          </fieldset>
          <fieldset class="choice">
            <legend>{w.language}</legend>
            <div class="segments">
              {(['system', ...Object.keys(LANGUAGES)] as LanguageChoice[]).map((language) => (
                <label key={language}>
                  <input
                    type="radio"
                    name="language"
                    checked={languageChoice.value === language}
                    onChange={() => chooseLanguage(language)}
                  />
                  <span lang={language === 'system' ? undefined : language}>
                    {language === 'system' ? w.languageSystem : LANGUAGES[language as Language]}
                  </span>
                </label>
              ))}
            </div>
          </fieldset>
        </Dialog>
      )}
    </>
  )
}
