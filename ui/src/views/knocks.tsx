import { useEffect, useRef, useState } from 'preact/hooks'
import type { Room } from '../room/room'
import { nameList } from '../words/time'
import { words } from '../words/words'
import { Avatar } from './avatar'
import { called } from './called'
import { lasting, useNow } from './clock'
import { Icon } from './icon'

/** For a host: who waits at the door, above everything that is said, for as long as anybody does. */
export default function Knocks({ room }: { room: Room }) {
  const { knocks, members } = room.state.value
  const [told, setTold] = useState('')
  const known = useRef(new Set<string>())
  const panel = useRef<HTMLElement>(null)
  const now = useNow(5_000)
  const w = words.value

  // Who came since it was last said, to those who can't see it.
  useEffect(() => {
    const fresh = knocks.filter(({ member }) => !known.current.has(member))
    known.current = new Set(knocks.map(({ member }) => member))
    if (fresh.length > 0) setTold(w.knocksTold(nameList(fresh.map(({ nickname }) => called(nickname)))))
  }, [knocks, w])

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
    <section class="knocks" aria-label={w.knocks} data-testid="knocks" ref={panel}>
      <header class="knocks-head">
        <Icon name="knock" />
        <h2>{w.knocksTitle(knocks.length)}</h2>
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
            {w.letAllIn(knocks.length)}
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
                  {inside.has(name) && <span class="knock-twin">{w.knockTwin} · </span>}
                  {w.knocksSince(lasting(now - at))}
                </span>
              </p>
              <button
                type="button"
                class="button primary"
                aria-label={w.letInNamed(name)}
                data-testid="let-in"
                onClick={() => answer([member], true)}
              >
                {w.letIn}
              </button>
              <button
                type="button"
                class="button"
                aria-label={w.turnAwayNamed(name)}
                data-testid="turn-away"
                onClick={() => answer([member], false)}
              >
                {w.turnAway}
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
