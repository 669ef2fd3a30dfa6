import { describe, expect, it } from 'vitest'
import { archiveOf } from './archive'
import { desktopArchive, type Ipc } from './desktop-files'

const wanted = {
  invite: { address: '192.168.1.20:7684', room: 'den', secret: 's' },
  room: 'den',
  name: 'Den',
  ticket: 'm1.a+b',
  language: 'ko',
  zone: 'Asia/Seoul',
}

describe('an archive', () => {
  it('has a path, for browsers', () => {
    expect(archiveOf(wanted)).toBe('/export/den?ticket=m1.a%2Bb&lang=ko&tz=Asia/Seoul')
  })

  const asked: unknown[][] = []
  const progress = { id: 7 }
  const ipc = (answer: (command: string) => Promise<unknown>): Ipc => ({
    invoke: <T>(...request: unknown[]) => {
      asked.push(request)
      return answer(String(request[0])) as Promise<T>
    },
    convertFileSrc: () => '',
  })

  it('is saved by the shell in the app', async () => {
    const saved = desktopArchive(
      ipc(async () => true),
      'den:1',
      wanted,
      progress,
      new AbortController().signal,
    )
    expect(await saved).toBe(true)
    const { invite: _, name, ...rest } = wanted
    expect(asked).toEqual([['save_archive', { ...rest, name: `${name}.zip`, address: 'den:1', progress }]])
  })

  it('is stopped in the shell too, and not once it is there', async () => {
    asked.length = 0
    const given = new AbortController()
    let stopped = (_: boolean) => {}
    const shell = ipc((command) =>
      command === 'stop_archive'
        ? Promise.resolve(stopped(false))
        : new Promise<boolean>((answer) => {
            stopped = answer
          }),
    )
    const saved = desktopArchive(shell, 'den:1', wanted, progress, given.signal)
    given.abort()
    expect(await saved).toBe(false)
    const late = new AbortController()
    await desktopArchive(
      ipc(async () => true),
      'den:1',
      wanted,
      progress,
      late.signal,
    )
    late.abort()
    expect(asked.map(([command]) => command)).toEqual(['save_archive', 'stop_archive', 'save_archive'])
    expect(asked[1]?.[1]).toEqual({ archive: 7 })
  })

  it('says why it was not saved', async () => {
    for (const [code, told] of [
      ['too_many_exports', 'too_many_exports'],
      ['bad_ticket', 'bad_ticket'],
      ['disk_full', 'no_room_here'],
      ['io', 'not_saved'],
      ['unreachable', 'unreachable'],
    ]) {
      const refused = ipc(() => Promise.reject({ code, message: 'no' }))
      const saved = desktopArchive(refused, 'den:1', wanted, progress, new AbortController().signal)
      await expect(saved).rejects.toMatchObject({ code: told })
    }
  })
})
