import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { wide } from '../look'
import { parseInvite } from '../room/invite'
import type { Room } from '../room/room'
import { unreadIn } from '../room/unread'
import type { Hosting, SetAside } from '../shell.gen'
import type { Shell, Transport } from '../transport/transport'
import { ConnectionBar, PerishableBar } from '../views/bar'
import { Composer } from '../views/composer'
import { Dialog } from '../views/dialog'
import { Dropping, loadFileViews } from '../views/files-of'
import { Header } from '../views/header'
import { later } from '../views/later'
import { Log } from '../views/log'
import { Mark } from '../views/mark'
import { OrderBar } from '../views/order-bar'
import { People } from '../views/people'
import { Refusal } from '../views/refusal'
import { Tools } from '../views/row'
import { useSearchKeys } from '../views/search-keys'
import { useTypingAnywhere } from '../views/typing-anywhere'
import { words } from '../words/words'

// None of these is in the first picture.
const Invites = later(() => import('../views/invite'))
const Going = later(() => import('../views/going'))
/** Shown when the host is gone, and loaded as soon as one is in. */
const Elsewhere = later(() => import('../views/elsewhere'))
const HostBars = later(() => import('../views/host-bars'))
const Knocks = later(() => import('../views/knocks'))
const SearchPlace = later(() => import('../views/search-place'))
const Rules = later(() => import('../views/rules'))
const Export = later(() => import('../views/export'))
const AtTheDoor = later(async () => ({ default: (await import('./door')).AtTheDoor }))
const Refused = later(async () => ({ default: (await import('./door')).Refused }))

interface RoomScreenProps {
  transport: Transport
  room: Room
  hosting: Hosting | null
  /** Out of the room; hosting ends with it. */
  leave: () => void
}

export function RoomScreen(props: RoomScreenProps) {
  const { transport, room, leave } = props
  const connection = room.connection.value
  const w = words.value
  useTitle(room)
  useAlerts(room, transport.shell)
  useEffect(() => {
    void loadFileViews()
    Tools.warm()
  }, [])

  if (connection.state === 'refused') {
    const asGuest = () => {
      props.transport.forgetHostKey(room.invite)
      room.enterAsGuest()
    }
    return <Refused.View room={room} standing={connection} leave={leave} asGuest={asGuest} />
  }
  if (connection.state === 'knocking') return <AtTheDoor.View standing={connection} leave={leave} />
  if (room.state.value.room) return <Inside {...props} />
  if (connection.state === 'offline') {
    return (
      <Refusal reason={connection.reason} keepsTrying at={room.unproven}>
        {connection.reason === 'unproven' && (
          <button type="button" class="button" data-testid="trust-host" onClick={() => room.trust()}>
            {w.trustHost}
          </button>
        )}
        <button type="button" class="button" data-testid="give-up" onClick={leave}>
          {w.cancel}
        </button>
      </Refusal>
    )
  }
  return (
    <main class="stage">
      <div class="entering" role="status" data-testid="connection-state" data-state="connecting">
        <Mark size={56} />
        <h1>{w.entering}</h1>
      </div>
    </main>
  )
}

function Inside({ transport, room, hosting, leave }: RoomScreenProps) {
  const [inviting, setInviting] = useState(false)
  const [stopping, setStopping] = useState(false)
  // Beside the log there is room for the people from the start; over it they come when asked for.
  const [beside, setBeside] = useState(true)
  const [sheet, setSheet] = useState(false)
  const [searching, setSearching] = useState(false)
  useSearchKeys(useCallback(() => setSearching(true), []))
  useTypingAnywhere()
  const [exporting, setExporting] = useState(false)
  const [moved, setMoved] = useState(hosting?.moved_from ?? null)
  const [relinked, setRelinked] = useState(false)
  useEffect(() => {
    if (hosting) return transport.shell?.onMoved(() => setRelinked(true))
  }, [transport, hosting])
  const [aside, closeAside] = useSetAside(transport, room, hosting)
  const [leaving, setLeaving] = useState(false)
  const [ruling, setRuling] = useState(false)
  const w = words.value
  const { count, knocks, room: info } = room.state.value
  // Wanted when the host is out of reach, too.
  useEffect(() => {
    Invites.warm()
    Going.warm()
  }, [])

  const togglePeople = () => {
    if (!wide.value) return setSheet(true)
    // What is found stands where they do.
    setBeside(searching || !beside)
    setSearching(false)
  }
  const goOut = () => {
    if (hosting && count > 1) setStopping(true)
    else if (room.outgoing.hasFiles) setLeaving(true)
    else leave()
  }
  return (
    <div class="room">
      <Header
        room={room}
        shell={transport.shell}
        peopleShown={wide.value ? beside && !searching : sheet}
        togglePeople={togglePeople}
        invite={() => setInviting(true)}
        search={() => setSearching(!searching)}
        searching={searching}
        exportRoom={() => setExporting(true)}
        rules={() => setRuling(true)}
        leave={goOut}
      />
      <div class="room-body">
        <main class="room-main">
          {knocks.length > 0 && <Knocks.View room={room} />}
          <Dropping room={room} />
          <Log
            room={room}
            openLink={transport.openLink}
            link={transport.link({
              address:
                (hosting?.invites[0] && parseInvite(hosting.invites[0].link)?.address) ?? room.invite.address,
              ...(info ? { room: info.id } : {}),
            })}
            copy={transport.copy}
            invite={() => setInviting(true)}
          />
          {hosting && (
            <HostBars.View
              moved={moved}
              relinked={relinked}
              aside={aside}
              invite={() => setInviting(true)}
              close={(bar) => {
                if (bar === 'moved') setMoved(null)
                else if (bar === 'relinked') setRelinked(false)
                else closeAside()
              }}
            />
          )}
          <PerishableBar room={room} />
          <ConnectionBar room={room} />
          {!transport.shell && <Elsewhere.View room={room} />}
          <OrderBar room={room} />
          <Composer room={room} />
        </main>
        {searching && <SearchPlace.View room={room} close={() => setSearching(false)} />}
        {wide.value && beside && !searching && (
          <aside class="people" aria-label={w.people}>
            <h2 class="people-title">{w.people}</h2>
            <People room={room} />
          </aside>
        )}
      </div>
      {!wide.value && sheet && (
        <Dialog kind="sheet" title={w.people} close={() => setSheet(false)}>
          <People room={room} />
        </Dialog>
      )}
      {inviting && (
        <Invites.View transport={transport} room={room} hosting={hosting} close={() => setInviting(false)} />
      )}
      {ruling && <Rules.View room={room} close={() => setRuling(false)} />}
      {exporting && <Export.View transport={transport} room={room} close={() => setExporting(false)} />}
      {(leaving || stopping) && (
        <Going.View
          others={stopping ? count - 1 : null}
          leave={leave}
          stay={() => {
            setLeaving(false)
            setStopping(false)
          }}
        />
      )}
    </div>
  )
}

/** What was found damaged, for the host: when hosting began, or since then, which shows in a new epoch. */
function useSetAside(
  transport: Transport,
  room: Room,
  hosting: Hosting | null,
): [SetAside | null, () => void] {
  const [aside, setAside] = useState(hosting?.set_aside ?? null)
  const { epoch } = room.state.value
  const known = useRef(epoch)
  useEffect(() => {
    const another = known.current !== null && known.current !== epoch
    known.current = epoch
    if (!hosting || !another) return
    transport.shell?.state().then(
      (state) => setAside(state.hosting?.set_aside ?? null),
      () => {}, // Then the host isn't told; the room goes on all the same.
    )
  }, [epoch, hosting, transport])
  return [aside, () => setAside(null)]
}

/** Tells of what is said meanwhile, while one looks elsewhere. Nothing of it is needed for the first picture. */
function useAlerts(room: Room, shell: Shell | null): void {
  useEffect(() => {
    let stop: (() => void) | null = () => {}
    import('../alerts/watch').then(
      ({ watch }) => {
        if (stop) stop = watch(room, shell)
      },
      () => {}, // Then nobody is told, and the room goes on all the same.
    )
    return () => {
      stop?.()
      stop = null
    }
  }, [room, shell])
}

/** The room's name in the title, and how much in it is new. Never the link. */
function useTitle(room: Room): void {
  const { room: info, knocks } = room.state.value
  const waiting = knocks.length
  const name = info?.name ?? words.value.appName
  room.bookmark.read.value // What is read is new no longer.
  useEffect(() => {
    // By now what came is perhaps in sight.
    const { count, more } = unreadIn(room.state.peek(), room.bookmark.read.peek())
    const titled = count > 0 ? `(${count}${more ? '+' : ''}) ${name}` : name
    document.title = waiting > 0 ? `🔔 ${words.value.knocksCount(waiting)} · ${titled}` : titled
  })
  useEffect(
    () => () => {
      document.title = words.value.appName
    },
    [],
  )
}
