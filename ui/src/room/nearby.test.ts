import { describe, expect, it } from 'vitest'
import type { NearbyRoom, RecentRoom } from '../shell.gen'
import { inviteKey } from './invite'
import { nearbyInvite } from './nearby'

const nearby: NearbyRoom = {
  room: 'abcd1234',
  name: 'Den',
  open: false,
  addresses: ['192.168.1.20:7684', '192.168.1.21:7684'],
}
const recent = (link: string, hosted = false): RecentRoom => ({
  room: 'abcd1234',
  name: 'Den',
  link,
  others: [],
  mark: null,
  host_key: null,
  hosted,
  last_used: 1,
})

describe('a room nearby', () => {
  it('is joined by its addresses, without a key', () => {
    expect(nearbyInvite(nearby, [])).toEqual({
      address: '192.168.1.20:7684',
      others: ['192.168.1.21:7684'],
      room: 'abcd1234',
    })
    expect(nearbyInvite({ ...nearby, addresses: [] }, [])).toBeNull()
  })

  it('that is known, at an address that is known, is joined as before', () => {
    const known = recent('http://192.168.1.21:7684/r/abcd1234#AAAAAAAAAAAAAAAAAAAAAA')
    expect(nearbyInvite(nearby, [known])).toEqual({
      address: '192.168.1.21:7684',
      others: [],
      room: 'abcd1234',
      secret: 'AAAAAAAAAAAAAAAAAAAAAA',
    })
  })

  it('whose host can prove itself is joined as before, wherever it is now', () => {
    const link = 'http://192.168.1.99:7684/r/abcd1234#AAAAAAAAAAAAAAAAAAAAAA'
    const known = { ...recent(link), others: ['192.168.1.98:7684'], mark: 'M' }
    const invite = nearbyInvite(nearby, [known])
    expect(invite).toEqual({
      address: '192.168.1.99:7684',
      others: ['192.168.1.98:7684'],
      room: 'abcd1234',
      secret: 'AAAAAAAAAAAAAAAAAAAAAA',
      mark: 'M',
    })
  })

  it('that says it is a known one, from elsewhere, learns neither the key nor who one is', () => {
    const known = recent('http://192.168.1.99:7684/r/abcd1234#AAAAAAAAAAAAAAAAAAAAAA')
    const invite = nearbyInvite(nearby, [known])
    expect(invite?.secret).toBeUndefined()
    expect(invite && inviteKey(invite)).not.toBe(inviteKey({ address: '', room: 'abcd1234' }))
  })

  it('is given the key to be its host as little as any other key', () => {
    const known = { ...recent('http://192.168.1.21:7684/r/abcd1234'), host_key: 'BBBBBBBBBBBBBBBBBBBBBB' }
    expect(nearbyInvite(nearby, [known])).toMatchObject({ host: 'BBBBBBBBBBBBBBBBBBBBBB' })
    const moved = nearbyInvite({ ...nearby, addresses: ['192.168.1.66:7684'] }, [known])
    expect(moved).toEqual({ address: '192.168.1.66:7684', others: [], room: 'abcd1234', stranger: true })
  })
})
