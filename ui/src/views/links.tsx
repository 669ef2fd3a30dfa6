import { useEffect, useState } from 'preact/hooks'
import type { Room } from '../room/room'
import type { Link } from '../wire.gen'
import { doorWords } from '../words/door'
import { shortTime } from '../words/time'
import { words } from '../words/words'
import { useNow } from './clock'
import { Icon } from './icon'

const HOUR_MS = 3_600_000
/** After how long a link may end; 0 is never. */
const TIMES = [HOUR_MS, 24 * HOUR_MS, 7 * 24 * HOUR_MS, 0]
/** After how many guests; 0 is any number. */
const GUESTS = [0, 1, 5, 10, 25]

/** Whether a link lets in nobody more. */
function isOver({ ends_at, guests, used }: Link, now: number): boolean {
  return (ends_at !== undefined && ends_at <= now) || (guests !== undefined && used >= guests)
}

/** Until when and for whom a link is good, as a sentence. */
export function endOf(link: Link, now: number): string {
  const d = doorWords.value
  const { ends_at, guests, used } = link
  const parts = [
    ...(guests === undefined ? [d.linkUsed(used)] : [d.linkUsedOf(used, guests)]),
    ...(isOver(link, now)
      ? [d.linkOver]
      : ends_at === undefined
        ? []
        : [d.linkEnds(shortTime(ends_at, now))]),
  ]
  return parts.join(' · ')
}

interface FurtherProps {
  room: Room
  links: readonly Link[]
  /** The one whose code is shown, if it is one of these. */
  shown: string | null
  show: (id: string | null) => void
}

/** For a host: links that end by themselves, and how to make one. */
export function FurtherLinks({ room, links, shown, show }: FurtherProps) {
  const now = useNow(10_000)
  // The one that was just made is the one that is wanted.
  const [before, setBefore] = useState<ReadonlySet<string> | null>(null)
  useEffect(() => {
    const made = before && links.findLast(({ id }) => !before.has(id))
    if (!made) return
    setBefore(null)
    show(made.id)
  }, [links, before, show])
  const d = doorWords.value
  return (
    <details class="links" data-testid="further-links">
      <summary>{d.furtherLinks(links.length)}</summary>
      <p class="note">{d.furtherText}</p>
      <ul>
        {links.map((link) => {
          const over = isOver(link, now)
          return (
            <li key={link.id} class={`further-link${over ? ' over' : ''}`} data-testid="further-link">
              <span class="further-link-what">{endOf(link, now)}</span>
              {!over && (
                <button
                  type="button"
                  class="button"
                  aria-pressed={shown === link.id}
                  data-testid="show-link"
                  onClick={() => show(shown === link.id ? null : link.id)}
                >
                  {d.showLink}
                </button>
              )}
              <button
                type="button"
                class="icon-button"
                aria-label={over ? d.removeLink : d.endLink}
                title={over ? d.removeLink : d.endLink}
                data-testid="end-link"
                onClick={() => {
                  if (shown === link.id) show(null)
                  room.order({ kind: 'end_link', link: link.id })
                }}
              >
                <Icon name="trash" />
              </button>
            </li>
          )
        })}
      </ul>
      <Maker room={room} making={() => setBefore(new Set(links.map(({ id }) => id)))} />
    </details>
  )
}

function Maker({ room, making }: { room: Room; making: () => void }) {
  const [time, setTime] = useState(24 * HOUR_MS)
  const [guests, setGuests] = useState(0)
  const d = doorWords.value
  const endless = time === 0 && guests === 0
  return (
    <form
      class="link-maker"
      onSubmit={(event) => {
        event.preventDefault()
        making()
        room.order({
          kind: 'add_link',
          ...(time > 0 ? { ends_in_ms: time } : {}),
          ...(guests > 0 ? { guests } : {}),
        })
      }}
    >
      <label class="labelled">
        <span>{d.linkTime}</span>
        <select
          class="field"
          value={time}
          data-testid="link-time"
          onChange={(event) => setTime(Number(event.currentTarget.value))}
        >
          {TIMES.map((it) => (
            <option key={it} value={it}>
              {it === 0 ? d.linkNever : d.linkHours(it / HOUR_MS)}
            </option>
          ))}
        </select>
      </label>
      <label class="labelled">
        <span>{d.linkGuests}</span>
        <select
          class="field"
          value={guests}
          data-testid="link-guests"
          onChange={(event) => setGuests(Number(event.currentTarget.value))}
        >
          {GUESTS.map((it) => (
            <option key={it} value={it}>
              {it === 0 ? d.linkAnyone : d.linkGuestCount(it)}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="button" disabled={endless} data-testid="add-link">
        {d.addLink}
      </button>
    </form>
  )
}

/** For a host: another link in place of the room's own, after saying what that means. */
export function NewLink({ room }: { room: Room }) {
  const [asking, setAsking] = useState(false)
  const [made, setMade] = useState(false)
  const w = words.value
  const d = doorWords.value
  return (
    <details data-testid="new-link" onToggle={() => setMade(false)}>
      <summary>{d.newLink}</summary>
      <p class="note">{d.newLinkText}</p>
      <div class="card-actions">
        {asking ? (
          <>
            <button type="button" class="button" onClick={() => setAsking(false)}>
              {w.cancel}
            </button>
            <button
              type="button"
              class="button danger"
              data-testid="confirm-new-link"
              onClick={() => {
                setAsking(false)
                setMade(true)
                room.order({ kind: 'renew' })
              }}
            >
              {d.newLinkConfirm}
            </button>
          </>
        ) : (
          <button type="button" class="button" data-testid="make-new-link" onClick={() => setAsking(true)}>
            {d.newLink}
          </button>
        )}
      </div>
      <p class="note" role="status">
        {made ? d.newLinkMade : ''}
      </p>
    </details>
  )
}
