import { useEffect, useRef, useState } from 'preact/hooks'
import { inviteLink } from '../room/invite'
import type { Room } from '../room/room'
import type { Invites as Found, Hosting, InviteLink, Verdict } from '../shell.gen'
import type { Transport } from '../transport/transport'
import type { Link } from '../wire.gen'
import { doorWords } from '../words/door'
import { words } from '../words/words'
import { CopyButton } from './copy'
import { Dialog } from './dialog'
import { DoorSwitch } from './door-switch'
import { Guests } from './guests'
import { endOf, FurtherLinks, NewLink } from './links'
import { PassOn } from './pass-on'
import { QrCode } from './qr'

interface InvitesProps {
  transport: Transport
  room: Room
  hosting: Hosting | null
  close: () => void
}

/** Everything one needs to bring others in; for a host, also to keep them out. */
export default function Invites({ transport, room, hosting, close }: InvitesProps) {
  const { shell } = transport
  const { room: info, keys, you } = room.state.value
  const own = { link: transport.link(room.passable), address: room.invite.address, adapter: '' }
  const { links: addresses, verdict } = useInvites(
    hosting?.invites ?? [{ ...own, kind: 'default' }],
    hosting && shell ? () => shell.invites() : null,
  )
  const [wanted, setWanted] = useState<string | null>(null)
  const [further, setFurther] = useState<string | null>(null)
  const box = useRef<HTMLParagraphElement>(null)
  const w = words.value
  const d = doorWords.value
  const chosen = addresses.find(({ address }) => address === wanted) ?? addresses[0]
  if (!chosen) return null

  const host = you?.host === true
  const door = info?.door ?? 'closed'
  const link = keys?.links.find(({ id }) => id === further) ?? null
  const secret = link?.secret ?? keys?.secret
  // A host knows what opens the door now; a guest, the way they came in themselves.
  const text = info && secret ? inviteLink({ address: chosen.address, room: info.id, secret }) : chosen.link
  const bare = !text.includes('#')
  const movedFrom = hosting?.moved_from ?? null
  const select = () => {
    if (box.current) getSelection()?.selectAllChildren(box.current)
  }
  return (
    <Dialog kind="card" title={w.inviteTitle} close={close}>
      <div class="invite">
        <p class="lead">{bare && door !== 'open' ? d.inviteLeadBare : w.inviteLead}</p>
        {movedFrom !== null && <p class="note boxed">{w.movedFrom(movedFrom, chosen.address)}</p>}
        {hosting && shell && <VerdictPlace verdict={verdict} copy={(it) => transport.copy(it)} />}
        {door === 'locked' && <p class="note boxed">{host ? d.lockedNoteHost : d.lockedNote}</p>}
        {link && <Chosen link={link} back={() => setFurther(null)} />}
        <QrCode text={text} />
        <div class="invite-row">
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: the copy button is the keyboard's way */}
          <p class="invite-link" ref={box} data-testid="invite-link" dir="ltr" onClick={select}>
            {text}
          </p>
          <div class="pass-on">
            <CopyButton text={text} copy={(it) => transport.copy(it)} failed={select} />
            <PassOn link={text} room={info?.name ?? ''} writeMail={transport.writeMail} />
          </div>
        </div>
        <dl class="address">
          <dt>{w.address}</dt>
          <dd dir="ltr" data-testid="invite-address">
            {chosen.address}
          </dd>
        </dl>
        <p class="note">{d.addressNotes[door]}</p>
        {hosting && shell && (
          <ShowNearby
            shown={hosting.nearby}
            show={async (on) => {
              await shell.showNearby(on)
              // Kept there while the dialog comes and goes.
              hosting.nearby = on
            }}
          />
        )}
        {addresses.length > 1 && <Others links={addresses} chosen={chosen} choose={setWanted} />}
        {host && <DoorSwitch door={door} room={room} />}
        {host && keys && (
          <>
            <FurtherLinks room={room} links={keys.links} shown={further} show={setFurther} />
            <NewLink room={room} />
            <Guests room={room} />
          </>
        )}
        <details>
          <summary>{w.cantOpen}</summary>
          <ul class="tips">
            {w.cantOpenTips.map((tip) => (
              <li key={tip}>{tip}</li>
            ))}
          </ul>
        </details>
      </div>
    </Dialog>
  )
}

/** For the host alone, and so loaded by the host's app alone. */
function VerdictPlace(props: { verdict: Verdict | null; copy: (text: string) => Promise<boolean> }) {
  const [loaded, setLoaded] = useState<typeof import('./verdict') | null>(null)
  useEffect(() => {
    import('./verdict').then(setLoaded)
  }, [])
  return loaded && <loaded.VerdictNote {...props} />
}

/** Whether Snug apps on the same network list the room. */
function ShowNearby({ shown, show }: { shown: boolean; show: (on: boolean) => Promise<void> }) {
  const [on, setOn] = useState(shown)
  const w = words.value
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={on}
        data-testid="show-nearby"
        onChange={(event) => {
          const wanted = event.currentTarget.checked
          setOn(wanted)
          show(wanted).catch(() => setOn(!wanted))
        }}
      />
      <span>
        {w.showNearby}
        <span class="note">{w.showNearbyNote}</span>
      </span>
    </label>
  )
}

/** That the link that is shown is not the room's own. */
function Chosen({ link, back }: { link: Link; back: () => void }) {
  const d = doorWords.value
  return (
    <p class="note boxed chosen" data-testid="chosen-link">
      <span>
        {d.furtherShown} <span class="chosen-until">{endOf(link, Date.now())}</span>
      </span>
      <button type="button" class="text-button" onClick={back}>
        {d.showOwnLink}
      </button>
    </p>
  )
}

interface OthersProps {
  links: InviteLink[]
  chosen: InviteLink
  choose: (address: string) => void
}

/** For machines with several adapters, where the best guess may be the wrong one. */
function Others({ links, chosen, choose }: OthersProps) {
  const w = words.value
  const kinds: Record<string, string> = {
    virtual: w.virtualAdapter,
    loopback: w.loopbackAdapter,
    name: w.machineName,
  }
  return (
    <details>
      <summary>{w.otherAddresses}</summary>
      <ul class="addresses">
        {links.map(({ address, adapter, kind }) => (
          <li key={address}>
            <label>
              <input
                type="radio"
                name="address"
                checked={address === chosen.address}
                onChange={() => choose(address)}
              />
              <span class="address-text" dir="ltr">
                {address}
              </span>
              <span class="adapter">{[adapter, kinds[kind]].filter(Boolean).join(' · ')}</span>
            </label>
          </li>
        ))}
      </ul>
    </details>
  )
}

/** How often the shell is asked: addresses change under an open dialog, and the first guest is proof. */
const ASK_MS = 2_000

/** The invites as they are now, and whether they work: this machine may get other addresses at any moment. */
function useInvites(
  initial: InviteLink[],
  ask: (() => Promise<Found | null>) | null,
): { links: InviteLink[]; verdict: Verdict | null } {
  const [found, setFound] = useState<{ links: InviteLink[]; verdict: Verdict | null }>({
    links: initial,
    verdict: null,
  })
  useEffect(() => {
    if (!ask) return
    let timer: ReturnType<typeof setTimeout> | undefined
    let current = true
    const refresh = async () => {
      const invites = await ask().catch(() => null)
      if (!current) return
      if (invites && invites.links.length > 0) setFound(invites)
      timer = setTimeout(refresh, ASK_MS)
    }
    refresh()
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [])
  return ask ? found : { links: initial, verdict: null }
}
