import { useMemo, useRef, useState } from 'preact/hooks'
import { EMOJI, type Emoji, search } from '../emoji/emoji'
import { local } from '../transport/storage'
import { language, words } from '../words/words'
import { Icon } from './icon'

const KEY = 'snug.emoji'
const MOST_RECENT = 16
const MOST_FOUND = 120
const LIST = 'emoji-list'

interface Group {
  title: string
  emoji: readonly Emoji[]
}

const byEmoji = new Map(EMOJI.map((it) => [it.emoji, it]))

function recent(): Emoji[] {
  return (local.get(KEY) ?? '').split(' ').flatMap((it) => byEmoji.get(it) ?? [])
}

function remember(picked: Emoji): void {
  const others = recent().filter((it) => it !== picked)
  local.set(
    KEY,
    [picked, ...others]
      .slice(0, MOST_RECENT)
      .map(({ emoji }) => emoji)
      .join(' '),
  )
}

/** All emoji, or those a word finds. The arrows choose while the focus stays where the word is typed. */
export default function Picker({ pick }: { pick: (emoji: string) => void }) {
  const [query, setQuery] = useState('')
  const [chosen, setChosen] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const w = words.value
  const groups = useMemo(() => groupsFor(query, words.value), [query, w])
  const all = useMemo(() => groups.flatMap(({ emoji }) => emoji), [groups])
  const active = all[chosen]

  const take = (at: number) => {
    const emoji = all[at]
    if (!emoji) return
    remember(emoji)
    pick(emoji.emoji)
  }
  const goTo = (at: number) => {
    const option = optionsIn(list.current)[at]
    if (!option) return
    setChosen(at)
    option.scrollIntoView({ block: 'nearest' })
  }
  const pressed = (event: KeyboardEvent) => {
    if (event.isComposing || event.keyCode === 229) return
    const moves: Record<string, () => void> = {
      ArrowRight: () => goTo(chosen + 1),
      ArrowLeft: () => goTo(chosen - 1),
      ArrowDown: () => goTo(below(optionsIn(list.current), chosen, 1)),
      ArrowUp: () => goTo(below(optionsIn(list.current), chosen, -1)),
      Enter: () => take(chosen),
    }
    const move = moves[event.key]
    if (!move) return
    event.preventDefault()
    move()
  }

  let at = -1
  return (
    // Wherever in it the focus is: a press on an emoji that didn't quite hit takes it from the field.
    // biome-ignore lint/a11y/noStaticElementInteractions: see above
    <div class="picker" onKeyDown={pressed}>
      <label class="picker-search">
        <Icon name="search" size={16} />
        <input
          type="text"
          inputMode="search"
          role="combobox"
          aria-label={w.findEmoji}
          aria-expanded={all.length > 0}
          aria-controls={LIST}
          aria-autocomplete="list"
          aria-activedescendant={active && `${LIST}-${chosen}`}
          placeholder={w.findEmoji}
          autocomplete="off"
          value={query}
          data-testid="emoji-search"
          onInput={({ currentTarget }) => {
            setQuery(currentTarget.value)
            setChosen(0)
          }}
        />
      </label>
      <div
        ref={list}
        id={LIST}
        class="picker-list"
        role="listbox"
        aria-label={w.emoji}
        aria-activedescendant={active && `${LIST}-${chosen}`}
        tabIndex={-1}
        // Where there is no keyboard, its picture would cover what there is to choose from.
        {...(touched() ? { autofocus: true } : {})}
      >
        {groups.map(({ title, emoji }) => (
          // A fieldset has no place in a listbox.
          // biome-ignore lint/a11y/useSemanticElements: see above
          <div key={title} class="picker-group" role="group" aria-label={title}>
            <p class="picker-title" aria-hidden="true">
              {title}
            </p>
            {emoji.map((it) => {
              at += 1
              const mine = at
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard works from the field above
                // biome-ignore lint/a11y/useFocusableInteractive: the keyboard works from the field above
                <span
                  key={it.emoji}
                  id={`${LIST}-${mine}`}
                  class="picker-emoji"
                  role="option"
                  aria-label={it.names[language.value]}
                  aria-selected={mine === chosen}
                  title={it.names[language.value]}
                  data-testid="emoji"
                  onClick={() => take(mine)}
                  onPointerMove={() => mine !== chosen && setChosen(mine)}
                >
                  {it.emoji}
                </span>
              )
            })}
          </div>
        ))}
      </div>
      <p class={active ? 'picker-name' : 'picker-name none'} role="status" data-testid="picker-name">
        {active ? (
          <>
            <span class="picker-sign">{active.emoji}</span>
            <span>{active.names[language.value]}</span>
            <span class="picker-code">:{active.codes[0]}:</span>
          </>
        ) : (
          w.noEmoji
        )}
      </p>
    </div>
  )
}

const touched = () => matchMedia('(pointer: coarse)').matches

function groupsFor(query: string, w: typeof words.value): Group[] {
  if (query.trim() !== '') {
    const found = search(query, MOST_FOUND)
    return found.length > 0 ? [{ title: w.emojiFound, emoji: found }] : []
  }
  const groups = Object.entries(w.emojiGroups).map(([group, title]) => ({
    title,
    emoji: EMOJI.filter((it) => it.group === Number(group)),
  }))
  const used = recent()
  return used.length > 0 ? [{ title: w.emojiRecent, emoji: used }, ...groups] : groups
}

const optionsIn = (list: HTMLElement | null) => [
  ...(list?.querySelectorAll<HTMLElement>('[role=option]') ?? []),
]

/** The option nearest to straight below (or above) the one at `from`; itself at the end. */
function below(options: readonly HTMLElement[], from: number, step: 1 | -1): number {
  const start = options[from]
  if (!start) return from
  let best = from
  let line: number | null = null
  for (let at = from + step; at >= 0 && at < options.length; at += step) {
    const option = options[at]
    if (!option || option.offsetTop === start.offsetTop) continue
    line ??= option.offsetTop
    if (option.offsetTop !== line) break
    const nearer = (it: HTMLElement | undefined) => Math.abs((it?.offsetLeft ?? 1e6) - start.offsetLeft)
    if (best === from || nearer(option) < nearer(options[best])) best = at
  }
  return best
}
