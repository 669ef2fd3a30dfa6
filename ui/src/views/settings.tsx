import { chooseTheme, type ThemeChoice, themeChoice } from '../look'
import type { Room } from '../room/room'
import type { Shell } from '../transport/transport'
import {
  chooseLanguage,
  LANGUAGES,
  type Language,
  type LanguageChoice,
  languageChoice,
  words,
} from '../words/words'
import { Dialog } from './dialog'
import { Notifying } from './notifying'

interface SettingsProps {
  /** The one somebody is in. */
  room: Room | undefined
  shell: Shell | null
  close: () => void
}

/** Appearance, language, and in a room what it tells of. */
export default function Settings({ room, shell, close }: SettingsProps) {
  const w = words.value
  return (
    <Dialog kind="menu" title={w.menu} close={close}>
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
      {room && <Notifying room={room} shell={shell} />}
    </Dialog>
  )
}
