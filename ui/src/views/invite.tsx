import { useEffect, useRef, useState } from 'preact/hooks'
import type { InviteLink, Invites, Verdict } from '../shell.gen'
import { words } from '../words/words'
import { CopyButton } from './copy'
import { Dialog } from './dialog'
import { QrCode } from './qr'

interface InviteProps {
  /** Best first, never empty. */
  links: InviteLink[]
  /** Whether others can follow them; null until it is known, absent for guests. */
  verdict?: Verdict | null
  movedFrom: number | null
  /** Whoever knows the address is let in. */
  open: boolean
  /** Whether others' apps list the room, and how to change that; only for its host. */
  nearby: { shown: boolean; show: (on: boolean) => Promise<void> } | null
  copy: (text: string) => Promise<boolean>
  close: () => void
}

/** Everything one needs to bring others in. */
export function InviteDialog({ links, verdict, movedFrom, open, nearby, copy, close }: InviteProps) {
  const [wanted, setWanted] = useState<string | null>(null)
  const box = useRef<HTMLParagraphElement>(null)
  const w = words.value
  const chosen = links.find(({ address }) => address === wanted) ?? links[0]
  if (!chosen) return null

  const select = () => {
    if (box.current) getSelection()?.selectAllChildren(box.current)
  }
  return (
    <Dialog kind="card" title={w.inviteTitle} close={close}>
      <div class="invite">
        <p class="lead">{w.inviteLead}</p>
        {movedFrom !== null && <p class="note boxed">{w.movedFrom(movedFrom, chosen.address)}</p>}
        {verdict !== undefined && <VerdictPlace verdict={verdict} copy={copy} />}
        <QrCode text={chosen.link} />
        <div class="invite-row">
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: the copy button is the keyboard's way */}
          <p class="invite-link" ref={box} data-testid="invite-link" dir="ltr" onClick={select}>
            {chosen.link}
          </p>
          <CopyButton text={chosen.link} copy={copy} failed={select} />
        </div>
        <dl class="address">
          <dt>{w.address}</dt>
          <dd dir="ltr">{chosen.address}</dd>
        </dl>
        <p class="note">{open ? w.addressNoteOpen : w.addressNote}</p>
        {nearby && <ShowNearby {...nearby} />}
        {links.length > 1 && <Others links={links} chosen={chosen} choose={setWanted} />}
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
export function useInvites(
  initial: InviteLink[],
  ask: (() => Promise<Invites | null>) | null,
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
