import { useState } from 'preact/hooks'
import type { Carried } from '../room/carry'
import { appLink } from '../room/invite'
import type { Transport } from '../transport/transport'
import { later } from '../views/later'
import { Mark } from '../views/mark'
import { Menu } from '../views/menu'
import { isTooLong, NameField, NICKNAME_CHARS } from '../views/name-field'
import { words } from '../words/words'

const Brought = later(() => import('../views/brought'))

/** What a browser shows first: which room it is, one learns inside. */
export function JoinScreen({
  transport,
  enter,
}: {
  transport: Transport
  enter: (nickname: string, carried: Carried | null) => void
}) {
  const { carried } = transport
  const [nickname, setNickname] = useState(transport.nickname() || (carried?.nickname ?? ''))
  const [brings, setBrings] = useState(true)
  const w = words.value
  // Whoever has no more than the address may have to be let in.
  const bare = !transport.here?.secret && !transport.here?.host
  return (
    <main class="stage">
      <div class="stage-menu">
        <Menu />
      </div>
      <form
        class="card join"
        onSubmit={(event) => {
          event.preventDefault()
          enter(nickname.trim(), brings ? carried : null)
        }}
      >
        <Mark size={64} />
        <h1>{transport.here?.host ? w.enterHostTitle : bare ? w.enterBareTitle : w.enterTitle}</h1>
        <p class="lead">{transport.here?.host ? w.enterHostLead : bare ? w.enterBareLead : w.enterLead}</p>
        <NameField
          label={w.nickname}
          large
          value={nickname}
          most={NICKNAME_CHARS}
          change={setNickname}
          placeholder={w.anonymous}
          autocomplete="nickname"
          alone
          testid="nickname"
        />
        {carried && carried.messages.length > 0 && (
          <Brought.View carried={carried} send={brings} choose={setBrings} />
        )}
        <button
          type="submit"
          class="button primary large"
          disabled={isTooLong(nickname, NICKNAME_CHARS)}
          data-testid="enter-room"
        >
          {bare ? w.enterBareButton : w.enterButton}
        </button>
        {transport.here && (
          <p class="open-in-app">
            <a href={appLink(transport.here)} data-testid="open-in-app">
              {w.openInApp}
            </a>
          </p>
        )}
      </form>
    </main>
  )
}
