import { words } from '../words/words'

/** What somebody dropped or pasted, as far as it is files. */
export interface Given {
  files: File[]
  /** Names of folders, which can't be sent as they are. */
  folders: string[]
}

/** Files and folders told apart. Only right away: after the event what was dropped is out of reach. */
export function given(data: DataTransfer): Given {
  const items = [...data.items].filter(({ kind }) => kind === 'file')
  const folders = new Set<File | null>()
  for (const item of items) if (item.webkitGetAsEntry?.()?.isDirectory) folders.add(item.getAsFile())
  const names = [...folders].map((folder) => folder?.name ?? '')
  return { files: [...data.files].filter(({ name }) => !names.includes(name)), folders: names }
}

/**
 * Files that were pasted. Text stays text: an office's programs put a picture beside what was copied, and
 * file managers put the names of files there as text.
 */
export function pasted(data: DataTransfer): File[] {
  const files = [...data.files]
  const text = data.getData('text/plain').trim()
  const isNames =
    text !== '' && text.split(/\r?\n/).every((line) => files.some(({ name }) => line.endsWith(name)))
  if (text !== '' && !isNames) return []
  return files.map((file) => (isUnnamed(file) ? named(file) : file))
}

/** What every browser calls a picture that has no file. */
const isUnnamed = ({ name }: File) => /^image\.\w+$/.test(name) || name === ''

function named(file: File): File {
  const now = new Date()
  const [hour, minute, second] = [now.getHours(), now.getMinutes(), now.getSeconds()].map((it) =>
    String(it).padStart(2, '0'),
  )
  const extension = file.name.includes('.') ? file.name.slice(file.name.lastIndexOf('.')) : '.png'
  return new File([file], `${words.value.pasted} ${hour}.${minute}.${second}${extension}`, {
    type: file.type,
  })
}
