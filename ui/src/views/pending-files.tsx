import { plainName } from '../files/names'
import type { Room } from '../room/room'
import type { Attached, Pending } from '../room/state'
import type { Attachment } from '../room/uploads'
import { sizeText } from '../words/size'
import { FateLine, FileCard, FileOnItsWay, FileTools, LostFile, Progress } from './file-card'
import { goOn } from './focus'
import { Pictures } from './pictures'

/** The files of a message that waits for them, each with how far it is. */
export function PendingFiles({ room, pending }: { room: Room; pending: Pending }) {
  const uploads = room.attachments.uploads.value
  const list = uploads?.list.value
  const files = pending.files ?? []
  const most = room.state.value.room?.files.bytes ?? 0
  const known = files.map((file) => ({ file, going: list?.find(({ key }) => key === file.key) }))
  const pictures = known.flatMap(({ going }) => (going && isPicture(going) ? [going] : []))
  const others = known.filter(({ going }) => !going || !isPicture(going))
  const acts = (key: string) => ({
    retry: () => uploads?.retry(key),
    remove: () => {
      room.outgoing.detach(pending.id, key)
      goOn()
    },
  })
  return (
    <div class="files">
      {pictures.length > 0 && (
        <Pictures
          all={pictures.map((file) => ({
            key: file.key,
            size: file.look ?? { width: 1, height: 1 },
            picture: <PictureOnItsWay file={file} most={most} {...acts(file.key)} />,
          }))}
        />
      )}
      {others.map(({ file, going }) =>
        going ? (
          <FileOnItsWay key={file.key} file={going} most={most} {...acts(file.key)} />
        ) : (
          <Settled key={file.key} file={file} />
        ),
      )}
    </div>
  )
}

const isPicture = ({ look, preview, media, fate }: Attachment) =>
  look !== null && preview !== null && media.startsWith('image/') && fate.state !== 'failed'

interface PictureOnItsWayProps {
  file: Attachment
  most: number
  retry: () => void
  remove: () => void
}

function PictureOnItsWay({ file, most, retry, remove }: PictureOnItsWayProps) {
  const done = file.fate.state === 'done'
  return (
    <span class={done ? 'picture-going done' : 'picture-going'} data-testid="attachment">
      <img src={file.preview ?? ''} alt={plainName(file.name)} draggable={false} />
      {!done && (
        <span class="picture-fate">
          <FateLine file={file} most={most} />
          <FileTools file={file} retry={retry} remove={remove} />
          <Progress file={file} />
        </span>
      )}
    </span>
  )
}

/** Of a message that was typed before this page was loaded: the relay has the file, or nobody has it. */
function Settled({ file }: { file: Attached }) {
  return file.upload === undefined ? (
    <LostFile file={file} />
  ) : (
    <FileCard name={file.name} media={file.media} line={sizeText(file.bytes)} />
  )
}
