/**
 * Every common client does one list of operations against our server and against Debian's sshd with internal-sftp, on the same
 * tree. Each comes to the same end on both: it comes about or fails, leaves the same files, gets the same bytes, and is shown
 * the same. Where the specification wants otherwise, `differences` says so and why; nothing else may differ.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { createServer, connect, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clientNames, runStep, type ClientName } from './sftp-clients/clients.ts'
import { operations, type Operation } from './sftp-clients/operations.ts'
import { openPeers, type Peer, type Peers } from './sftp-clients/peers.ts'

type Aspect = 'comes about' | 'files' | 'bytes' | 'shown'

interface Difference {
  readonly operation: string
  /** All that have the operation, when left out. */
  readonly clients?: readonly ClientName[]
  readonly aspects: readonly Aspect[]
  readonly why: string
}

const fixedFolders = 'The folders are fixed: what is imported must be found where it is looked for.'
const differences: readonly Difference[] = [
  { operation: 'make a folder', aspects: ['comes about', 'files'], why: fixedFolders },
  { operation: 'rename a folder', aspects: ['comes about', 'files'], why: fixedFolders },
  {
    operation: 'put a folder with what is in it',
    aspects: ['comes about', 'files'],
    why: fixedFolders,
  },
  {
    operation: 'put into a folder that is not there',
    clients: ['rclone'],
    aspects: ['comes about', 'files'],
    why: `It makes the folder first. ${fixedFolders}`,
  },
  {
    operation: 'put into /download',
    aspects: ['comes about', 'files'],
    why: 'Only the product writes there; customers read and delete.',
  },
  {
    operation: 'remove from the archive',
    aspects: ['comes about', 'files'],
    why: 'On a file system who may remove may also write; here a customer tidies up and writes nothing.',
  },
  {
    operation: 'rename a file whose upload was cut',
    aspects: ['comes about', 'files'],
    why: 'A rename onto a final name is the arrival, and half a file must never arrive.',
  },
  {
    operation: 'make a symbolic link',
    aspects: ['comes about', 'files'],
    why: 'There are no links: nothing lies behind the tree.',
  },
  {
    operation: 'make a hard link',
    aspects: ['comes about', 'files'],
    why: 'There are no links: every file is one arrival.',
  },
  {
    operation: 'a name with a control character',
    aspects: ['comes about', 'files'],
    why: 'Names go into CSV, mails and logs; one that no client can show is refused.',
  },
  {
    operation: 'a name that is not UTF-8',
    aspects: ['comes about', 'files'],
    why: 'It could not be shown or given back as it was.',
  },
]

interface End {
  readonly 'comes about': boolean
  readonly files: Record<string, string>
  readonly bytes: Record<string, string>
  readonly shown: string
  readonly said: string
}

/** Why FUSE cannot be used here; empty where it can. */
const noFuse = (() => {
  try {
    execFileSync('sh', ['-c', 'test -w /dev/fuse && command -v fusermount3 && command -v sshfs'])
    return ''
  } catch {
    return '/dev/fuse cannot be opened, or fusermount3 is missing'
  }
})()

/** A line to `port`, each connection of which is cut once so many bytes went to the server; `close` says how many were. */
async function cutLine(
  port: number,
  afterBytes: number,
): Promise<{ port: number; close(): Promise<number> }> {
  let cuts = 0
  const listener = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    let bytes = 0
    for (const socket of [near, far]) socket.on('error', () => {})
    near.on('data', (data) => {
      bytes += data.length
      if (bytes > afterBytes) {
        cuts += 1
        near.destroy()
        far.destroy()
      } else if (!far.write(data)) {
        near.pause()
        far.once('drain', () => near.resume())
      }
    })
    far.pipe(near)
    near.once('close', () => far.destroy())
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  return {
    port: (listener.address() as AddressInfo).port,
    close: () => new Promise((resolve) => listener.close(() => resolve(cuts))),
  }
}

const isListingLine =
  /^([-dl])\S{9}[+.]?\s+\S+\s+(?:\S+\s+\S+|\S+)\s+(\d+)\s+(\S+\s+\S+\s+\S+|\S+\s+\S+)\s(.*)$/

/** What differs between two servers that show the same: order, modes, owners, links, and how large a folder is. */
function shownBy(operation: Operation, out: string, root: string): string {
  const plain = root === '' ? out : out.replaceAll(root, '')
  const lines = plain.split('\n').filter((line) => line !== '' && !/^(sftp>|total )/.test(line))
  if (operation.shows === undefined) return ''
  if (operation.shows === 'text')
    return lines.map((line) => line.replace(/^-\S+\s+\S+\s+\S+\s+\S+\s+/, '- ')).join('\n')
  return lines
    .map((line) => {
      const [, kind, bytes, time, name] = isListingLine.exec(line) ?? []
      if (kind === undefined || name === undefined) return line
      // OpenSSH's client shows the path with some servers, and the bare name with others.
      const base = name.slice(name.lastIndexOf('/', name.length - 2) + 1)
      return kind === 'd' ? `folder ${base}` : `${kind} ${bytes} ${time} ${base}`
    })
    .sort()
    .join('\n')
}

async function bytesIn(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name).slice(folder.length)
    // What begins with a dot is the client's own.
    if (!entry.isFile() || path.startsWith('/.')) continue
    found[path] = createHash('sha256')
      .update(await readFile(folder + path))
      .digest('hex')
  }
  return found
}

describe('clients', () => {
  let peers: Peers
  beforeAll(async () => {
    peers = await openPeers()
  })
  afterAll(() => peers.close())

  const endOf = async (operation: Operation, client: ClientName, peer: Peer): Promise<End> => {
    await peer.reset()
    const { cut, sshOptions = [] } = operation
    const cutStep = cut?.steps[client]
    if (cut && cutStep) {
      const line = await cutLine(peer.port, cut.afterBytes)
      await runStep(peers, peer, client, cutStep, { port: line.port }, () => Promise.resolve())
      // Some give up, some come back by themselves and go on.
      if ((await line.close()) === 0) throw new Error(`${operation.name}: ${client} was not cut`)
      // What is left is settled when the server has noticed; a client that comes back and clears up leaves nothing.
      for (let look = 0; look < 100; look += 1) {
        const isThere = Object.keys(await peer.files()).some((path) => path.startsWith('/upload/a.'))
        if (isThere && peer.isLeft()) break
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    const step = operation.steps[client] as string
    return runStep(peers, peer, client, step, { sshOptions }, async (ran, { W }) => ({
      'comes about': ran.isOk,
      files: await settledFiles(peer),
      bytes: await bytesIn(W),
      shown: shownBy(operation, ran.out, peer.root)
        .replaceAll(W, '')
        .replaceAll(`${peer.username}:none@127.0.0.1:${peer.port}`, 'server'),
      said: ran.said,
    }))
  }

  /** A client that waits for no answer to its last requests may have ended before the server has. */
  const settledFiles = async (peer: Peer): Promise<Record<string, string>> => {
    for (let look = 0; look < 250 && !peer.isLeft(); look += 1)
      await new Promise((resolve) => setTimeout(resolve, 20))
    return peer.files()
  }

  /** One operation on both; `fault` tells a difference that is not wanted. */
  const compared = async (
    operation: Operation,
    client: ClientName,
  ): Promise<{ readonly isDone: boolean; readonly fault: string }> => {
    const [ours, sshd] = await Promise.all([
      endOf(operation, client, peers.ours),
      endOf(operation, client, peers.sshd),
    ])
    const isDone = sshd['comes about']
    const wanted = differences.find(
      (one) => one.operation === operation.name && (one.clients?.includes(client) ?? true),
    )
    const differing = (['comes about', 'files', 'bytes', 'shown'] as const).filter(
      (aspect) => JSON.stringify(sorted(ours[aspect])) !== JSON.stringify(sorted(sshd[aspect])),
    )
    if (JSON.stringify(differing) === JSON.stringify(wanted?.aspects ?? [])) return { isDone, fault: '' }
    const seen = differing.map(
      (aspect) =>
        `  ${aspect}: ours ${excerpt(ours[aspect], sshd[aspect])}\n  ${aspect}: sshd ${excerpt(sshd[aspect], ours[aspect])}`,
    )
    const said = `  ours said ${JSON.stringify(ours.said)}\n  sshd said ${JSON.stringify(sshd.said)}`
    return { isDone, fault: `${operation.name}\n${seen.join('\n')}\n${said}` }
  }

  for (const client of clientNames) {
    const isLeftOut = client === 'sshfs' && noFuse !== ''
    const own = operations.filter((operation) => operation.steps[client] !== undefined)
    const name = isLeftOut
      ? `${client} WAS NOT TRIED: ${noFuse}`
      : `${client} comes to the same end in ${own.length} operations`
    test.skipIf(isLeftOut)(name, async () => {
      if (process.env['CLIENTS_ONLY'] && !process.env['CLIENTS_ONLY'].split(',').includes(client)) return
      const faults: string[] = []
      const once: string[] = []
      const takenFor: string[] = []
      for (const operation of own) {
        if (operation.isAboveTree && peers.noChroot) {
          console.warn(`NOT COMPARED: ${client}, ${operation.name}: ${peers.noChroot}.`)
          continue
        }
        const begun = performance.now()
        let { isDone, fault } = await compared(operation, client)
        if (fault !== '') {
          // A cut falls where the machine lets it, and either server may be the slower one. What is a difference of the two
          // shows again; what does not is told all the same, and may befall one operation of a client.
          console.warn(`DIFFERED: ${client}, ${fault}`)
          const again = [await compared(operation, client), await compared(operation, client)]
          if (again.every((one) => one.fault === '')) once.push(operation.name)
          else faults.push(fault, ...again.map((one) => one.fault))
          isDone = again[0]?.isDone ?? isDone
        }
        const seconds = ((performance.now() - begun) / 1_000).toFixed(1)
        takenFor.push(`${isDone ? 'done  ' : 'failed'} ${seconds.padStart(5)} s  ${operation.name}`)
      }
      console.log(`${client}: ${takenFor.length} operations\n${takenFor.join('\n')}`)
      expect(faults.join('\n\n')).toBe('')
      expect(once.length, `differed once: ${once.join(', ')}`).toBeLessThanOrEqual(1)
      // Two servers that refuse everything would be alike, too.
      expect(takenFor.filter((line) => line.startsWith('done')).length).toBeGreaterThan(own.length / 2)
    })
  }

  test('the list is long enough, and every difference is one of an operation', () => {
    expect(operations.length).toBeGreaterThanOrEqual(40)
    for (const { operation } of differences) expect(operations.map((one) => one.name)).toContain(operation)
  })
})

function sorted(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Object.entries(value).sort() : value
}

/** What one has and the other has not, as text. */
function excerpt(value: unknown, other: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const others = other as Record<string, unknown>
  return JSON.stringify(
    Object.entries(value)
      .filter(([key, one]) => others[key] !== one)
      .map(([key, one]) => `${key} ${String(one).slice(0, 8)}`),
  )
}
