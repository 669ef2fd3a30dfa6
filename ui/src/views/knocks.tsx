import './more-icons'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Room } from '../room/room'
import { doorWords } from '../words/door'
import { nameList } from '../words/time'
import { Avatar } from './avatar'
import { called, named } from './called'
import { lasting, useNow } from './clock'
import { Icon } from './icon'

/** For a host: who waits at the door, above everything that is said, for as long as anybody does. */
export default function Knocks({ room }: { room: Room }) {
  const { knocks, members } = room.state.value
  const [told, setTold] = useState('')
  const known = useRef(new Set<string>())
  const panel = useRef<HTMLElement>(null)
  const now = useNow(5_000)
  const d = doorWords.value

  // Who came since it was last said, to those who can't see it.
  useEffect(() => {
    const fresh = knocks.filter(({ member }) => !known.current.has(member))
    known.current = new Set(knocks.map(({ member }) => member))
    if (fresh.length > 0) setTold(d.knocksTold(nameList(fresh.map(({ nickname }) => named(nickname)))))
  }, [knocks, d])

  const answer = (members: readonly string[], admit: boolean) => {
    room.order({ kind: 'answer', members: [...members], admit })
    // The button that was pressed goes in a moment. Whoever came by keyboard goes on with the next one.
    const rest = [...(panel.current?.querySelectorAll<HTMLElement>('[data-member]') ?? [])]
    const next = rest.find(({ dataset }) => !members.includes(dataset.member ?? ''))
    const target =
      next?.querySelector('button') ?? document.querySelector<HTMLElement>('[data-testid=composer]')
    target?.focus({ preventScroll: true })
  }
  const inside = new Set([...members.values()].map(called))
  return (
    <section class="knocks" aria-label={d.knocks} data-testid="knocks" ref={panel}>
      <header class="knocks-head">
        <Icon name="knock" />
        <h2>{d.knocksTitle(knocks.length)}</h2>
        {knocks.length > 1 && (
          <button
            type="button"
            class="text-button"
            data-testid="let-all-in"
            onClick={() =>
              answer(
                knocks.map(({ member }) => member),
                true,
              )
            }
          >
            {d.letAllIn(knocks.length)}
          </button>
        )}
      </header>
      <ul>
        {knocks.map(({ member, nickname, at }) => {
          const name = called(nickname)
          return (
            <li key={member} class="knock" data-member={member} data-testid="knock">
              <Avatar member={member} nickname={name} />
              <p class="knock-who">
                <span dir="auto" class="person-name" title={name}>
                  {name}
                </span>
                <span class="knock-more">
                  {inside.has(name) && <span class="knock-twin">{d.knockTwin} · </span>}
                  {d.knocksSince(lasting(now - at))}
                </span>
              </p>
              <button
                type="button"
                class="button primary"
                aria-label={d.letInNamed(named(nickname))}
                data-testid="let-in"
                onClick={() => answer([member], true)}
              >
                {d.letIn}
              </button>
              <button
                type="button"
                class="button"
                aria-label={d.turnAwayNamed(named(nickname))}
                data-testid="turn-away"
                onClick={() => answer([member], false)}
              >
                {d.turnAway}
              </button>
            </li>
          )
        })}
      </ul>
      <p class="for-readers" role="status">
        {told}
      </p>
    </section>
  )
}
