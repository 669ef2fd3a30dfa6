import type { Carried } from '../room/carry'
import { words } from '../words/words'

interface BroughtProps {
  carried: Carried
  send: boolean
  choose: (send: boolean) => void
}

/** What a link brought along, to be looked at before it is said in one's name: anybody can write a link. */
export default function Brought({ carried, send, choose }: BroughtProps) {
  const w = words.value
  return (
    <section class="brought" data-testid="brought">
      <label class="check">
        <input
          type="checkbox"
          checked={send}
          data-testid="brought-send"
          onChange={(event) => choose(event.currentTarget.checked)}
        />
        <span>{w.brought(carried.messages.length)}</span>
      </label>
      <ul>
        {carried.messages.map(({ id, text }) => (
          <li key={id} dir="auto">
            {text}
          </li>
        ))}
      </ul>
    </section>
  )
}
