import { useState } from 'preact/hooks'
import type { Room } from '../room/room'
import { saveArchive } from '../transport/archive'
import { FileError } from '../transport/files'
import type { Transport } from '../transport/transport'
import { language, words } from '../words/words'
import { Dialog } from './dialog'
import { Icon } from './icon'

interface ExportProps {
  transport: Transport
  room: Room
  close: () => void
}

type Stage = 'ready' | 'saving' | 'saved' | { failed: string }

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

  const save = async () => {
    if (!you || !info) return
    setStage('saving')
    try {
      const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
      await saveArchive(transport, {
        invite: room.invite,
        room: info.id,
        name: info.name,
        ticket: you.ticket,
        language: language.value,
        zone: timeZone,
      })
      setStage('saved')
    } catch (error) {
      setStage({ failed: error instanceof FileError ? error.code : 'other' })
    }
  }
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
        {!online
          ? w.offlineBar
          : stage === 'saved' && (
              <>
                <Icon name="check" size={16} />
                {w.exportSaved}
              </>
            )}
      </p>
      {typeof stage === 'object' && (
        <p class="note warn" role="alert">
          {stage.failed === 'too_many_exports' ? w.exportBusy : w.hostRefused}
        </p>
      )}
      <div class="card-actions">
        <button type="button" class="button" onClick={close}>
          {stage === 'saved' ? w.close : w.cancel}
        </button>
        <button
          type="button"
          class="button primary"
          disabled={!online || stage === 'saving'}
          data-testid="export"
          onClick={() => void save()}
        >
          {w.exportButton}
        </button>
      </div>
    </Dialog>
  )
}
