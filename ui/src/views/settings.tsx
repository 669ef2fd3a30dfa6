import { chooseTheme, type ThemeChoice, themeChoice } from '../look'
import type { Room } from '../room/room'
import type { Shell } from '../transport/transport'
import { doorWords } from '../words/door'
import { chooseLanguage, LANGUAGES, type Language, languageChoice, words } from '../words/words'
import './more-icons'
import { Choice } from './choice'
import { Dialog } from './dialog'
import { Icon, type IconName } from './icon'
import { Notifying } from './notifying'

const THEMES: ThemeChoice[] = ['system', 'light', 'dark']

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
      <Choice
        name="theme"
        title={w.theme}
        ways={THEMES.map((value) => ({ value, label: w.themes[value] }))}
        chosen={themeChoice.value}
        choose={chooseTheme}
      />
      <Choice
        name="language"
        title={w.language}
        ways={[
          { value: 'system', label: w.languageSystem },
          ...Object.entries(LANGUAGES).map(([value, label]) => ({
            value: value as Language,
            label,
            lang: value,
          })),
        ]}
        chosen={languageChoice.value}
        choose={chooseLanguage}
      />
      {room && <Notifying room={room} shell={shell} />}
      {exportRoom && (
        <div class="menu-items">
          {rules && room?.state.value.you?.host && (
            <Way
              icon="settings"
              words={doorWords.value.rulesOpen}
              testid="rules-open"
              go={rules}
              close={close}
            />
          )}
          <Way icon="save" words={w.exportOpen} testid="export-open" go={exportRoom} close={close} />
        </div>
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
