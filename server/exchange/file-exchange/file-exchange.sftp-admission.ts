/**
 * Who gets as far as the handshake (spec 50, Server): a new connection is told apart by its source, which a trusted load
 * balancer may name in its place, and dropped at once when the source is banned. Those that are not logged in yet have a
 * limited number of places, in all and per source, and a limited time.
 */
import type { Socket } from 'node:net'
import { addressList, plainAddress } from '../../platform/address-list.ts'
import type { Config } from '../../platform/config.ts'
import type { Log } from '../../platform/log.ts'
import { sourceOf } from './file-exchange.ts'
import { readProxyHeader } from './file-exchange.sftp-proxy.rules.ts'
import type { Sources } from './file-exchange.sftp-sources.ts'

/** A connection that may begin its handshake. */
export interface Guest {
  readonly socket: Socket
  /** Whose it is: what bans, allow-lists and journals go by. */
  readonly address: string
  /** It has exchanged keys, or was answered: it gets more time. */
  goesOn(): void
  /** It waits for us: that is not held against it. */
  waitsForUs(): void
  /** It has logged in: it no longer takes a place, and has all the time that it wants. */
  loggedIn(): void
  /** It began to speak: what becomes of it is held against the source by who listens to it. */
  spoke(): void
}

/** Why connections were not let in, or cut before their login. */
export type Turned = 'BANNED' | 'PROXY_HEADER' | 'NO_PLACE' | 'TOO_SLOW'

export interface Admission {
  /** @param admit called when the connection may begin */
  receive(socket: Socket, admit: (guest: Guest) => void): void
  /** A source was banned: those of its connections that are not logged in are dropped. */
  drop(source: string): void
  readonly waiting: number
}

export interface AdmissionOptions {
  readonly config: Config
  readonly log: Log
  readonly sources: Sources
  readonly loginGraceMs: number
  onTurned(reason: Turned): void
}

/** So long nobody has to make room: whoever is honest has exchanged keys by then. */
const patienceMs = 3_000
/** So long after that: passwords wait for their turn, and people type. */
const loginPatienceMs = 20_000
/** Who has half-open connections behind it makes room for who has nothing; a visit or two are nothing. */
const pointsApart = 0.5
/** A load balancer says at once whose connection it is. */
const proxyHeaderMs = 5_000

interface Place {
  readonly socket: Socket
  readonly source: string
  /** `performance.now()` at which it came, and from which on it may have to make room. */
  readonly since: number
  patientUntil: number
}

export function openAdmission(options: AdmissionOptions): Admission {
  const { config, log, sources, loginGraceMs, onTurned } = options
  const proxies = addressList(config.sftpTrustProxy)
  /** In the order of their coming. */
  const places = new Set<Place>()
  const bySource = new Map<string, Set<Place>>()

  const leave = (place: Place): void => {
    const own = bySource.get(place.source)
    if (!places.delete(place) || !own) return
    own.delete(place)
    if (own.size === 0) bySource.delete(place.source)
  }
  const turn = (socket: Socket, reason: Turned): void => {
    onTurned(reason)
    // A reset leaves nothing behind on our side that a flood could pile up.
    if (reason === 'BANNED') socket.resetAndDestroy()
    else socket.destroy()
  }
  /**
   * Whether one of these could be made to leave: one of a source against which more is held than against the newcomer's,
   * else one that has taken long; of each the one that came first.
   */
  const makeRoom = (among: ReadonlySet<Place>, points: number): boolean => {
    const now = performance.now()
    let leaving: Place | undefined
    for (const place of among) {
      if (sources.pointsOf(place.source) >= points + pointsApart) {
        leaving = place
        break
      }
      if (place.patientUntil <= now) leaving ??= place
    }
    if (!leaving) return false
    leave(leaving)
    turn(leaving.socket, 'TOO_SLOW')
    return true
  }
  const takePlace = (socket: Socket, source: string): Place | undefined => {
    const points = sources.pointsOf(source)
    const own = bySource.get(source)
    if (own && own.size >= config.sftpUnauthenticatedPerSource && !makeRoom(own, points)) return undefined
    if (places.size >= config.sftpUnauthenticatedMax && !makeRoom(places, points)) return undefined
    const since = performance.now()
    const place = { socket, source, since, patientUntil: since + patienceMs }
    places.add(place)
    const others = bySource.get(source)
    if (others) others.add(place)
    else bySource.set(source, new Set([place]))
    return place
  }

  const receiveFrom = (socket: Socket, address: string, admit: (guest: Guest) => void): void => {
    const isExempt = sources.isExempt(address)
    if (!isExempt && sources.isBanned(address)) {
      turn(socket, 'BANNED')
      return
    }
    const place = isExempt ? undefined : takePlace(socket, sourceOf(address))
    if (!isExempt && !place) {
      sources.hold(address, 'CROWDING')
      turn(socket, 'NO_PLACE')
      return
    }
    let isIn = false
    let hasSpoken = false
    const graceTimer = setTimeout(() => turn(socket, 'TOO_SLOW'), loginGraceMs)
    const settle = (): void => {
      clearTimeout(graceTimer)
      if (place) leave(place)
    }
    socket.once('close', () => {
      const isHalfOpen = place !== undefined && performance.now() - place.since >= patienceMs
      settle()
      if (!isIn && !hasSpoken && !isExempt) sources.hold(address, isHalfOpen ? 'NO_LOGIN' : 'SILENT')
    })
    admit({
      socket,
      address,
      goesOn: () => {
        if (place) place.patientUntil = performance.now() + loginPatienceMs
      },
      waitsForUs: () => {
        if (place) place.patientUntil = Infinity
      },
      loggedIn: () => {
        isIn = true
        settle()
      },
      spoke: () => {
        hasSpoken = true
      },
    })
  }

  const receiveProxied = (socket: Socket, proxy: string, admit: (guest: Guest) => void): void => {
    let seen = Buffer.alloc(0)
    const refuse = (fault: string): void => {
      log.warn({ proxy, fault }, 'SFTP_TRUST_PROXY names a peer that sends no sound PROXY header')
      turn(socket, 'PROXY_HEADER')
    }
    const timer = setTimeout(() => refuse('it did not come in time'), proxyHeaderMs)
    const onData = (chunk: Buffer): void => {
      seen = Buffer.concat([seen, chunk])
      const header = readProxyHeader(seen)
      if (header.kind === 'INCOMPLETE') return
      done()
      if (header.kind === 'INVALID') {
        refuse(header.fault)
        return
      }
      // What came with it is the client's, and is read when somebody listens.
      socket.pause()
      if (seen.length > header.bytes) socket.unshift(seen.subarray(header.bytes))
      receiveFrom(socket, header.kind === 'OWN' ? proxy : header.address, admit)
    }
    const done = (): void => {
      clearTimeout(timer)
      socket.off('data', onData)
      socket.off('close', done)
    }
    socket.on('data', onData)
    socket.once('close', done)
  }

  return {
    receive: (socket, admit) => {
      // A peer that is gone already has no address.
      const address = plainAddress(socket.remoteAddress ?? '')
      if (address === '') socket.destroy()
      else if (proxies.has(address)) receiveProxied(socket, address, admit)
      else receiveFrom(socket, address, admit)
    },
    drop: (source) => {
      for (const { socket } of bySource.get(source) ?? []) turn(socket, 'BANNED')
    },
    get waiting() {
      return places.size
    },
  }
}
