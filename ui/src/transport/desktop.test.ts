import { beforeEach, expect, it, vi } from 'vitest'
import type { ShellEvent, ShellState } from '../shell.gen'

let tell: (event: ShellEvent) => void
const ask = vi.fn<(command: string) => Promise<unknown>>()

vi.mock('@tauri-apps/api/core', () => ({
  Channel: class {
    constructor(heard: (event: ShellEvent) => void) {
      tell = heard
    }
  },
  convertFileSrc: () => '',
  invoke: (command: string) => ask(command),
}))

/** A page that starts, and a shell that has these links for it, one each time it is asked how it stands. */
async function started(links: (string | null)[], meanwhile = () => {}) {
  ask.mockImplementation(async (command) => {
    if (command !== 'shell_state') return
    const opened = links.shift() ?? null
    meanwhile()
    return { nickname: 'Mina', opened } as ShellState
  })
  const { desktop } = await import('./desktop')
  const { shell } = await desktop()
  if (!shell) throw new Error('this is the app')
  return shell
}

beforeEach(() => vi.resetModules())

it('shows the link that started the app once', async () => {
  const shell = await started(['mina'])
  const seen: string[] = []
  shell.onOpened((link) => seen.push(link))()
  shell.onOpened((link) => seen.push(link))
  expect(seen).toEqual(['mina'])
})

it('shows a link that was told before anything listened', async () => {
  const shell = await started(['older'], () => tell({ kind: 'opened', link: 'mina' }))
  const seen: string[] = []
  shell.onOpened((link) => seen.push(link))
  tell({ kind: 'opened', link: 'jun' })
  expect(seen).toEqual(['mina', 'jun'])
})

it('shows a link that comes when the start screen asks how things stand', async () => {
  const shell = await started([null, 'mina'])
  const seen: string[] = []
  shell.onOpened((link) => seen.push(link))
  await shell.state()
  expect(seen).toEqual(['mina'])
})
