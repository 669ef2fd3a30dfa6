import { describe, expect, it } from 'vitest'
import { given, pasted } from './given'

function clipboard(text: string, ...files: File[]): DataTransfer {
  return { files, getData: (type: string) => (type === 'text/plain' ? text : '') } as unknown as DataTransfer
}

const picture = new File(['x'], 'image.png', { type: 'image/png' })
const plan = new File(['x'], 'plan.pdf')

describe('what is pasted', () => {
  it('is a picture, with a name that tells it from others', () => {
    const [file] = pasted(clipboard('', new File(['x'], 'screenshot.png')))
    expect(file?.name).toBe('screenshot.png')
  })

  it('is text where there is text: an office’s programs put a picture of it beside it', () => {
    expect(pasted(clipboard('Total\t12', picture))).toEqual([])
  })

  it('is files where the text only names them', () => {
    expect(pasted(clipboard('plan.pdf', plan))).toEqual([plan])
    expect(pasted(clipboard('/home/mina/plan.pdf\n', plan))).toEqual([plan])
  })

  it('is nothing to attach where there are no files', () => {
    expect(pasted(clipboard('hello'))).toEqual([])
    expect(pasted(clipboard(''))).toEqual([])
  })
})

describe('what is dropped', () => {
  it('is files, and folders by their names alone', () => {
    const folder = new File([], 'Documents')
    const item = (file: File, isDirectory: boolean) => ({
      kind: 'file',
      getAsFile: () => file,
      webkitGetAsEntry: () => ({ isDirectory }),
    })
    const data = {
      files: [plan, folder],
      items: [item(plan, false), item(folder, true), { kind: 'string' }],
    } as unknown as DataTransfer
    expect(given(data)).toEqual({ files: [plan], folders: ['Documents'] })
  })
})
