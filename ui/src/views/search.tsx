import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Room } from '../room/room'
import { Search } from '../room/search'
import { apart } from '../text/apart'
import { wrapping } from '../text/wrapping'
import type { Hit } from '../wire.gen'
import { clock, fully, shortDay } from '../words/time'
import { words } from '../words/words'
import { hueOf } from './avatar'
import { called } from './called'
import { Icon } from './icon'

/** After the last key, so that not every one of a word is looked for. */
const TYPED_MS = 150
/** This near to the last result, older ones are looked for. */
const NEAR_PX = 200
const LIST = 'search-results'

interface SearchPanelProps {
  room: Room
  /** Shows a message at its place. */
  goTo: (hit: Hit) => void
  close: () => void
}

/** Finds what was said. The arrows choose while the focus stays where the words are typed. */
export function SearchPanel({ room, goTo, close }: SearchPanelProps) {
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const most = room.state.value.limits?.query_chars ?? 200
  const search = useMemo(
    () => new Search({ send: (request) => room.search(request, (answer) => search.answered(answer)), most }),
    [room, most],
  )
  const { hits, stage, query } = search.findings.value
  const online = room.connection.value.state === 'online'
  const w = words.value

  useEffect(() => {
    const timer = setTimeout(() => search.ask(typed), TYPED_MS)
    return () => clearTimeout(timer)
  }, [search, typed])
  useEffect(() => {
    if (online) search.again()
  }, [search, online])
  useEffect(() => setChosen(0), [query])

  const choose = (at: number) => {
    const option = list.current?.querySelectorAll<HTMLElement>('[role="option"]')[at]
    if (!option) return
    setChosen(at)
    option.scrollIntoView({ block: 'nearest' })
    if (at >= hits.length - 3) search.more()
  }
  const pressed = (event: KeyboardEvent) => {
    if (event.isComposing || event.keyCode === 229) return
    const hit = hits[chosen]
    if (event.key === 'ArrowDown') choose(chosen + 1)
    else if (event.key === 'ArrowUp') choose(chosen - 1)
    else if (event.key === 'Enter' && hit && typed.trim() === query) goTo(hit)
    else if (event.key === 'Enter') search.ask(typed)
    else if (event.key === 'Escape' && typed !== '') setTyped('')
    else if (event.key === 'Escape') close()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <div class="search">
      <label class="search-field">
        <Icon name="search" size={16} />
        <input
          type="text"
          inputMode="search"
          enterkeyhint="search"
          role="combobox"
          aria-label={w.search}
          aria-expanded={hits.length > 0}
          aria-controls={LIST}
          aria-autocomplete="list"
          aria-activedescendant={hits[chosen] && optionId(chosen)}
          placeholder={w.search}
          autocomplete="off"
          dir="auto"
          value={typed}
          // biome-ignore lint/a11y/noAutofocus: it was opened to type in
          autoFocus
          data-testid="search-field"
          ref={focusOnce}
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          onKeyDown={pressed}
        />
        {typed !== '' && (
          <button
            type="button"
            class="icon-button small"
            aria-label={w.clearSearch}
            title={w.clearSearch}
            onClick={() => setTyped('')}
          >
            <Icon name="close" size={16} />
          </button>
        )}
      </label>
      <p class="search-status" role="status" data-testid="search-status">
        {said(stage, hits.length, query)}
      </p>
      {stage === 'idle' && <Hint />}
      <div
        ref={list}
        id={LIST}
        class="search-results"
        role="listbox"
        aria-label={w.searchResults}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          if (scrollHeight - scrollTop - clientHeight < NEAR_PX) search.more()
        }}
      >
        {hits.map((hit, at) => (
          <Result
            key={hit.id}
            hit={hit}
            at={at}
            chosen={at === chosen}
            choose={() => {
              setChosen(at)
              goTo(hit)
            }}
          />
        ))}
      </div>
      {stage === 'more' && (
        <button type="button" class="text-button search-more" onClick={() => search.more()}>
          {w.searchMore}
        </button>
      )}
    </div>
  )
}

const optionId = (at: number) => `${LIST}-${at}`

/** Where it opens beside the log nothing puts the focus there by itself. */
function focusOnce(input: HTMLInputElement | null): void {
  if (!input || input.dataset.focused) return
  input.dataset.focused = 'true'
  input.focus({ preventScroll: true })
}

function said(stage: string, found: number, query: string): string {
  const w = words.value
  switch (stage) {
    case 'waiting':
      return w.searchOffline
    case 'looking':
      return w.searchLooking
    case 'refused':
      return w.hostRefused
    case 'more':
      return w.foundSoFar(found)
    case 'all':
      return found > 0 ? w.foundAll(found) : w.foundNothing(apart(query))
    default:
      return ''
  }
}

function Hint() {
  const w = words.value
  return (
    <div class="search-hint">
      <p>{w.searchHint}</p>
      <dl>
        {w.searchHints.map(([typed, means]) => (
          <div key={typed}>
            <dt>
              <kbd>{typed}</kbd>
            </dt>
            <dd>{means}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

interface ResultProps {
  hit: Hit
  at: number
  chosen: boolean
  choose: () => void
}

function Result({ hit, at, chosen, choose }: ResultProps) {
  return (
    // The keyboard works from the field.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    // biome-ignore lint/a11y/useFocusableInteractive: see above
    <div
      id={optionId(at)}
      class="search-result"
      role="option"
      aria-selected={chosen}
      data-testid="search-result"
      data-seq={hit.seq}
      style={{ '--hue': hueOf(hit.member) }}
      onClick={choose}
    >
      <span class="search-result-head">
        <bdi class="search-author">{called(hit.nickname)}</bdi>
        <time dateTime={new Date(hit.at).toISOString()} title={fully(hit.at)}>
          {shortDay(hit.at, Date.now())} {clock(hit.at)}
        </time>
      </span>
      <span class={`search-excerpt ${wrapping(hit.excerpt.map(({ text }) => text).join(''))}`} dir="auto">
        {hit.excerpt.map(({ text, marked }, part) =>
          marked ? <mark key={part}>{text}</mark> : <span key={part}>{text}</span>,
        )}
      </span>
    </div>
  )
}
