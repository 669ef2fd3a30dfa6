import type { Room } from '../room/room'
import { doorWords } from '../words/door'
import { shortDay } from '../words/time'
import { words } from '../words/words'
import { Avatar } from './avatar'
import { called, named } from './called'
import { Icon } from './icon'

/** For a host: whose devices may come back without a link. Asked for when it is looked at. */
export function Guests({ room }: { room: Room }) {
  const { guests } = room.state.value
  const w = words.value
  const d = doorWords.value
  return (
    <details
      data-testid="guests"
      onToggle={(event) => {
        if (event.currentTarget.open) room.order({ kind: 'guests' })
      }}
    >
      <summary>{d.guests}</summary>
      <p class="note">{d.guestsText}</p>
      {guests && guests.count === 0 && <p class="note">{d.guestsNone}</p>}
      <ul class="guest-list">
        {guests?.guests.map(({ member, nickname, at, by, standing }) => {
          const name = called(nickname)
          return (
            <li key={member} class="person" data-testid="guest">
              <Avatar member={member} nickname={name} />
              <p class="knock-who">
                <span dir="auto" class="person-name" title={name}>
                  {name}
                </span>
                <span class="knock-more">
                  {standing === 'banned' ? d.guestBanned : d.guestBy[by]}
                  {standing === 'host' && ` · ${d.guestHost}`}
                  {standing === 'muted' && ` · ${d.guestMuted}`} · {shortDay(at, Date.now())}
                </span>
              </p>
              {standing === 'banned' ? (
                <button
                  type="button"
                  class="button"
                  aria-label={d.liftBanOn(named(nickname))}
                  data-testid="lift-ban"
                  onClick={() => room.order({ kind: 'unban', member })}
                >
                  {d.liftBan}
                </button>
              ) : standing === 'usual' ? (
                <button
                  type="button"
                  class="icon-button"
                  aria-label={d.forgetGuest(named(nickname))}
                  title={d.forgetGuest(named(nickname))}
                  data-testid="forget-guest"
                  onClick={() => room.order({ kind: 'forget', member })}
                >
                  <Icon name="close" size={16} />
                </button>
              ) : null}
            </li>
          )
        })}
      </ul>
      {guests && guests.count > guests.guests.length && (
        <p class="note">{w.morePeople(guests.count - guests.guests.length)}</p>
      )}
    </details>
  )
}
