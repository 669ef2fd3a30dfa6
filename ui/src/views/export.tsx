import { useEffect, useRef, useState } from 'preact/hooks'
import type { Room } from '../room/room'
import { browserArchive } from '../transport/archive'
import { FileError } from '../transport/files'
import type { Transport } from '../transport/transport'
import { sizeText } from '../words/size'
import { language, words } from '../words/words'
import { Dialog } from './dialog'
import { Icon } from './icon'

interface ExportProps {
  transport: Transport
  room: Room
  close: () => void
}

/** Bytes are told by the app alone, once some are there; `passed_on` is what the browser saves by itself. */
type Stage = 'ready' | 'saving' | { bytes: number } | 'passed_on' | 'saved' | { failed: string }

const PARTS = [
  ['room.html', 'page'],
  ['room.jsonl', 'data'],
  ['files/', 'files'],
] as const

/** What is in an archive of the room, and the button that brings it. */
export default function Export({ transport, room, close }: ExportProps) {
  const [stage, setStage] = useState<Stage>('ready')
  const { you, room: info } = room.state.value
  const online = room.connection.value.state === 'online'
  const w = words.value

  const failed = typeof stage === 'object' && 'failed' in stage ? stage.failed : null
  const saving = stage === 'saving' || (typeof stage === 'object' && 'bytes' in stage)
  const done = stage === 'saved' || stage === 'passed_on'

  // Closed in the middle, it is given up: nobody would see what becomes of it.
  const given = useRef<AbortController | null>(null)
  useEffect(() => () => given.current?.abort(), [])

  const save = async () => {
    if (!you || !info) return
    setStage('saving')
    given.current = new AbortController()
    try {
      const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
      const wanted = {
        invite: room.invite,
        room: info.id,
        name: info.name,
        ticket: you.ticket,
        language: language.value,
        zone: timeZone,
      }
      if (transport.saveArchive) {
        const heard = (bytes: number) =>
          setStage((stage) =>
            stage === 'saving' || (typeof stage === 'object' && 'bytes' in stage) ? { bytes } : stage,
          )
        const saved = await transport.saveArchive(wanted, heard, given.current.signal)
        setStage(saved ? 'saved' : 'ready')
      } else {
        await browserArchive(wanted)
        setStage('passed_on')
      }
    } catch (error) {
      setStage({ failed: error instanceof FileError ? error.code : 'other' })
    }
  }
  const reasons: Record<string, string> = { ...w.saveFailures, too_many_exports: w.exportBusy }
  return (
    <Dialog kind="card" title={w.exportTitle} close={close}>
      <p class="lead">{w.exportLead}</p>
      <dl class="export-parts">
        {PARTS.map(([name, part]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{w.exportParts[part]}</dd>
          </div>
        ))}
      </dl>
      <p class="note">{w.exportNote}</p>
      <p class="export-status" role="status" data-testid="export-status">
        {done ? (
          <>
            <Icon name="check" size={16} />
            {stage === 'saved' ? w.savedFile : w.exportSaved}
          </>
        ) : saving ? (
          transport.saveArchive && w.savingFile
        ) : (
          !online && w.offlineBar
        )}
      </p>
      {typeof stage === 'object' && 'bytes' in stage && (
        <p class="export-bytes" data-testid="export-bytes">
          {w.exportSoFar(sizeText(stage.bytes))}
        </p>
      )}
      {failed !== null && (
        <p class="note warn" role="alert">
          {failed === 'bad_ticket' ? w.hostRefused : (reasons[failed] ?? w.saveFailures.other)}
        </p>
      )}
      <div class="card-actions">
        <button type="button" class="button" onClick={close}>
          {done ? w.close : w.cancel}
        </button>
        <button
          type="button"
          class="button primary"
          disabled={!online || saving}
          data-testid="export"
          onClick={() => void save()}
        >
          {w.exportButton}
        </button>
      </div>
    </Dialog>
  )
}
