import { useEffect, useState } from 'preact/hooks'
import { type Invite, messagePasted, parseInvite } from '../room/invite'
import { givenInvite, hostedInvite, recentInvite } from '../room/nearby'
import type { Hosting, RecentRoom, ShellError, ShellState } from '../shell.gen'
import { apart } from '../text/apart'
import type { Shell, Transport } from '../transport/transport'
import { Icon } from '../views/icon'
import { Mark } from '../views/mark'
import { Menu } from '../views/menu'
import { isTooLong, NameField, NICKNAME_CHARS, ROOM_NAME_CHARS } from '../views/name-field'
import { Nearby } from '../views/nearby'
import { shortDay } from '../words/time'
import { words } from '../words/words'

interface StartProps {
  transport: Transport
  shell: Shell
  /** `message` is the id of one to go to. */
  enter: (invite: Invite, nickname: string, hosting: Hosting | null, message: string | null) => void
}

/** The app's first screen: host, join, or go back to a room one knows. */
export function StartScreen({ transport, shell, enter }: StartProps) {
  const [state, setState] = useState<ShellState | null>(null)
  const [nickname, setNickname] = useState(transport.nickname())
  const [problem, setProblem] = useState<ShellError | null>(null)
  const [busy, setBusy] = useState(false)
  const w = words.value

  // Once, when one comes back to this screen.
  useEffect(() => {
    shell.state().then(setState, setProblem)
  }, [])

  const host = async (room: string | null, name: string, message: string | null = null) => {
    if (busy) return
    setBusy(true)
    setProblem(null)
    try {
      const hosting = await shell.host(room, name, nickname.trim())
      transport.rememberNickname(nickname.trim())
      enter(hostedInvite(hosting), nickname.trim(), hosting, message)
    } catch (error) {
      setProblem(error as ShellError)
    } finally {
      setBusy(false)
    }
  }
  const join = (invite: Invite, message: string | null = null) => {
    transport.rememberNickname(nickname.trim())
    enter(invite, nickname.trim(), null, message)
  }
  /** A link to a message lets nobody in, but leads those there who know the room. */
  const joinPasted = (invite: Invite, message: string | null) => {
    const known = invite.secret ? undefined : state?.recent.find(({ room }) => room === invite.room)
    if (known?.hosted) void host(known.room, known.name, message)
    else join(givenInvite(invite, state?.recent ?? []), message)
  }
  const forget = async (room: string) => {
    await shell.forget(room).catch(() => {})
    setState((before) => before && { ...before, recent: before.recent.filter((it) => it.room !== room) })
  }

  return (
    <main class="start">
      <header class="start-head">
        <Mark size={44} />
        <div>
          <h1>{w.appName}</h1>
          <p>{w.tagline}</p>
        </div>
        <Menu />
      </header>
      {problem && <Problem error={problem} />}
      <HostCard
        suggestion={state?.room_name ?? ''}
        nickname={nickname}
        setNickname={setNickname}
        busy={busy}
        host={(name) => host(null, name)}
      />
      <JoinCard join={joinPasted} />
      <Nearby shell={shell} recent={state?.recent ?? []} join={join} />
      {state && state.recent.length > 0 && (
        <section class="recent">
          <h2>{w.recentTitle}</h2>
          <ul>
            {state.recent.map((recent) => (
              <Recent
                key={recent.room}
                recent={recent}
                busy={busy}
                host={() => host(recent.room, recent.name)}
                join={join}
                forget={() => forget(recent.room)}
              />
            ))}
          </ul>
        </section>
      )}
    </main>
  )
}

function Problem({ error }: { error: ShellError }) {
  const known: Record<string, { title: string; text: string }> = words.value.shellErrors
  const { title, text } = known[error.code] ?? words.value.shellErrors.io
  return (
    <section class="problem" role="alert" data-testid="problem" data-code={error.code}>
      <Icon name="alert" />
      <div>
        <p class="problem-title">{title}</p>
        <p>{text}</p>
        {error.message && <p class="problem-detail">{error.message}</p>}
      </div>
    </section>
  )
}

interface HostCardProps {
  suggestion: string
  nickname: string
  setNickname: (nickname: string) => void
  busy: boolean
  host: (name: string) => void
}

function HostCard({ suggestion, nickname, setNickname, busy, host }: HostCardProps) {
  // Until it is edited the room is called after whoever hosts it.
  const [edited, setEdited] = useState<string | null>(null)
  const w = words.value
  const unfit = isTooLong(nickname, NICKNAME_CHARS) || isTooLong(edited ?? '', ROOM_NAME_CHARS)
  const name = edited ?? (suggestion || (nickname.trim() ? w.roomOf(nickname.trim()) : w.myRoom))
  return (
    <form
      class="card host"
      onSubmit={(event) => {
        event.preventDefault()
        host(name.trim() || w.myRoom)
      }}
    >
      <h2>{w.hostTitle}</h2>
      <p class="lead">{w.hostLead}</p>
      <div class="host-fields">
        <NameField
          label={w.roomName}
          large
          value={name}
          most={ROOM_NAME_CHARS}
          change={setEdited}
          autocomplete="off"
          testid="host-room-name"
        />
        <NameField
          label={w.nickname}
          large
          value={nickname}
          most={NICKNAME_CHARS}
          change={setNickname}
          placeholder={w.anonymous}
          autocomplete="nickname"
          testid="host-nickname"
        />
      </div>
      <button type="submit" class="button primary large" disabled={busy || unfit} data-testid="host-room">
        {busy ? w.hosting : w.hostButton}
      </button>
    </form>
  )
}

function JoinCard({ join }: { join: (invite: Invite, message: string | null) => void }) {
  const [text, setText] = useState('')
  const [wrong, setWrong] = useState(false)
  const w = words.value
  return (
    <form
      class="card join-link"
      onSubmit={(event) => {
        event.preventDefault()
        const invite = parseInvite(text)
        if (invite) join(invite, messagePasted(text))
        else setWrong(true)
      }}
    >
      <h2>{w.joinTitle}</h2>
      <label class="labelled">
        <span>{w.joinLead}</span>
        <input
          class="field"
          dir="ltr"
          type="text"
          inputMode="url"
          value={text}
          placeholder={w.joinPlaceholder}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          aria-invalid={wrong}
          aria-describedby="join-problem"
          data-testid="join-link"
          onInput={(event) => {
            setText(event.currentTarget.value)
            setWrong(false)
          }}
        />
      </label>
      <button type="submit" class="button" data-testid="join-button" disabled={text.trim() === ''}>
        {w.joinButton}
      </button>
      <p id="join-problem" class="note warn" role="alert">
        {wrong ? w.notAnInvite : ''}
      </p>
    </form>
  )
}

interface RecentProps {
  recent: RecentRoom
  busy: boolean
  host: () => void
  join: (invite: Invite) => void
  forget: () => void
}

function Recent({ recent, busy, host, join, forget }: RecentProps) {
  const w = words.value
  const invite = recent.hosted ? null : recentInvite(recent)
  return (
    <li class="recent-room" data-testid="recent-room">
      <div class="recent-what">
        <span dir="auto" class="recent-name">
          {recent.name}
        </span>
        <span class="recent-when">
          {recent.hosted ? w.recentHosted : w.recentJoined} · {shortDay(recent.last_used, Date.now())}
        </span>
      </div>
      {recent.hosted ? (
        <button type="button" class="button" disabled={busy} data-testid="host-again" onClick={host}>
          {w.hostAgain}
        </button>
      ) : (
        <button
          type="button"
          class="button"
          disabled={!invite}
          data-testid="join-again"
          onClick={() => invite && join(invite)}
        >
          {w.joinButton}
        </button>
      )}
      <button
        type="button"
        class="icon-button small"
        aria-label={w.forget(apart(recent.name))}
        title={w.forget(apart(recent.name))}
        onClick={forget}
      >
        <Icon name="close" size={16} />
      </button>
    </li>
  )
}
