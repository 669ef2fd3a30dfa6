import './more-icons'
import type { ComponentChildren } from 'preact'
import { KIND_ICONS, kindOf } from '../files/kinds'
import { plainName } from '../files/names'
import type { Attached } from '../room/state'
import type { Attachment } from '../room/uploads'
import { words } from '../words/words'
import { namedFile } from './called'
import { FileName } from './file-name'
import { Icon } from './icon'
import { fateText } from './upload-words'

interface CardProps {
  name: string
  media: string
  /** A small picture of it, where there is one. */
  preview?: string | null
  /** Under the name: how large it is, or what became of it. */
  line: ComponentChildren
  wrong?: boolean
  testid?: string
  children?: ComponentChildren
}

/** A file as a card: its kind, its name, a line about it, and what one can do with it. */
export function FileCard({ name, media, preview, line, wrong = false, testid, children }: CardProps) {
  return (
    <div class={wrong ? 'file-card wrong' : 'file-card'} data-testid={testid ?? 'file-card'}>
      <span class="file-icon">
        {preview ? (
          <img src={preview} alt="" />
        ) : (
          <Icon name={wrong ? 'alert' : KIND_ICONS[kindOf({ name, media })]} size={20} />
        )}
      </span>
      <span class="file-about">
        <FileName name={name} />
        <span class="file-line">{line}</span>
      </span>
      {children}
    </div>
  )
}

interface OnItsWayProps {
  file: Attachment
  /** The most that the room takes, in bytes. */
  most: number
  retry: () => void
  remove: () => void
}

/** A file on its way to the host, with what can be done about it. */
export function FileOnItsWay({ file, most, retry, remove }: OnItsWayProps) {
  const { fate, name } = file
  return (
    <FileCard
      name={name}
      media={file.media}
      preview={file.preview}
      line={<FateLine file={file} most={most} />}
      wrong={fate.state === 'failed'}
      testid="attachment"
    >
      <FileTools file={file} retry={retry} remove={remove} />
      <Progress file={file} />
    </FileCard>
  )
}

export function FileTools({ file: { fate, name }, retry, remove }: Omit<OnItsWayProps, 'most'>) {
  const w = words.value
  const which = namedFile(name)
  const again = fate.state === 'held' || (fate.state === 'failed' && !HOPELESS.has(fate.reason))
  return (
    <span class="file-tools">
      {again && (
        <button
          type="button"
          class="icon-button small"
          aria-label={w.retryFile(which)}
          title={w.retryFile(which)}
          data-testid="retry-file"
          onClick={retry}
        >
          <Icon name="retry" size={16} />
        </button>
      )}
      <button
        type="button"
        class="icon-button small"
        aria-label={w.removeFile(which)}
        title={w.removeFile(which)}
        data-testid="remove-file"
        onClick={remove}
      >
        <Icon name="close" size={16} />
      </button>
    </span>
  )
}

/** What will be refused again, however often one tries. */
const HOPELESS = new Set(['file_too_big', 'folder'])

export function Progress({ file: { fate, sent, bytes, name } }: { file: Attachment }) {
  if (fate.state === 'failed' || fate.state === 'done') return null
  return (
    <progress
      class={fate.state === 'held' ? 'file-progress held' : 'file-progress'}
      aria-label={plainName(name)}
      value={sent}
      max={Math.max(1, bytes)}
    />
  )
}

/** How it stands with a file, in a few words. */
export function FateLine({ file: { fate, sent, bytes }, most }: { file: Attachment; most: number }) {
  return (
    <span
      data-testid="file-fate"
      data-state={fate.state}
      data-reason={'reason' in fate ? fate.reason : undefined}
    >
      {fateText(fate, sent, bytes, most)}
    </span>
  )
}

/** A file that this page can't send any more. */
export function LostFile({ file }: { file: Attached }) {
  return <FileCard name={file.name} media={file.media} line={words.value.fileFailures.lost} wrong />
}
