import { chooseTheme, type ThemeChoice, themeChoice } from '../look'
import type { Room } from '../room/room'
import type { Shell } from '../transport/transport'
import { doorWords } from '../words/door'
import {
  chooseLanguage,
  LANGUAGES,
  type Language,
  type LanguageChoice,
  languageChoice,
  words,
} from '../words/words'
import './more-icons'
import { Dialog } from './dialog'
import { Icon, type IconName } from './icon'
import { Notifying } from './notifying'

interface SettingsProps {
  /** The one somebody is in. */
  room: Room | undefined
  shell: Shell | null
  exportRoom: (() => void) | undefined
  /** Opens the room's own settings. */
  rules: (() => void) | undefined
  close: () => void
}

/** Appearance, language, and in a room what it tells of and how to take it along. */
export default function Settings({ room, shell, exportRoom, rules, close }: SettingsProps) {
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
      {rules && room?.state.value.you?.host && (
        <Way icon="settings" words={doorWords.value.rulesOpen} testid="rules-open" go={rules} close={close} />
      )}
      {exportRoom && (
        <Way icon="save" words={w.exportOpen} testid="export-open" go={exportRoom} close={close} />
      )}
    </Dialog>
  )
}

interface WayProps {
  icon: IconName
  words: string
  testid: string
  go: () => void
  close: () => void
}

/** Leads on to a dialog of its own, in place of this one. */
function Way({ icon, words, testid, go, close }: WayProps) {
  return (
    <button
      type="button"
      class="button quiet menu-item"
      aria-haspopup="dialog"
      data-testid={testid}
      onClick={() => {
        close()
        go()
      }}
    >
      <Icon name={icon} />
      {words}
    </button>
  )
}
