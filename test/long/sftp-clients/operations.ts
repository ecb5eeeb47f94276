/**
 * What clients do, each in its own language. `$R` is the root of the tree on the server, `$L` the folder of files to put,
 * `$W` an empty folder of the step's own; what lies there afterwards is compared, and the tree, and whether it came about.
 *
 * openssh: sftp's batch commands. scp, curl, rclone, sshfs: shell, with `copy`/`$T`, `fetch`/`$U`, `clone`/`$T`, `$M` of
 * clients.ts. lftp: its commands. paramiko: Python, with the session `s`.
 */
import { largeBytes, manyFiles } from './peers.ts'
import type { ClientName } from './clients.ts'

export interface Operation {
  readonly name: string
  readonly steps: Readonly<Partial<Record<ClientName, string>>>
  /** What it prints is compared too: a listing (mode, owner, links and order apart), or the text itself. */
  readonly shows?: 'listing' | 'text'
  readonly sshOptions?: readonly string[]
  /** Reaches above the tree, which only a server that keeps its clients to it can be asked. */
  readonly isAboveTree?: boolean
  /** Before it, this step is cut off after so many bytes. */
  readonly cut?: {
    readonly afterBytes: number
    readonly steps: Readonly<Partial<Record<ClientName, string>>>
  }
}

const rekeyed = ['RekeyLimit=1M']
const odd = (name: string): Operation['steps'] => {
  const shell = `'${name.replaceAll("'", `'\\''`)}'`
  const quoted = `"${name.replaceAll('"', '\\"')}"`
  const encoded = encodeURIComponent(name).replaceAll("'", '%27')
  return {
    openssh: `put "$L/${name.replaceAll('"', '\\"')}" $R/upload/`,
    scp: `copy "$L/"${shell} "$T/upload/"`,
    lftp: `cd $R/upload\nput "$L/${quoted.slice(1)}`,
    curl: `fetch -T "$L/"${shell} "$U/upload/${encoded}"`,
    rclone: `clone copyto "$L/"${shell} "$T/upload/"${shell}`,
    sshfs: `cp "$L/"${shell} "$M/upload/"`,
    paramiko: `s.put(L + ${JSON.stringify(`/${name}`)}, R + ${JSON.stringify(`/upload/${name}`)})`,
  }
}
const put = (from: string, to: string): Operation['steps'] => ({
  openssh: `put $L/${from} $R${to}`,
  scp: `copy "$L/${from}" "$T${to}"`,
  lftp: `put $L/${from} -o $R${to}`,
  curl: `fetch -T "$L/${from}" "$U${to}"`,
  rclone: `clone copyto "$L/${from}" "$T${to}"`,
  sshfs: `cp "$L/${from}" "$M${to}"`,
  paramiko: `s.put(L + '/${from}', R + '${to}')`,
})
const get = (from: string): Operation['steps'] => ({
  openssh: `get $R${from} $W/back`,
  scp: `copy "$T${from}" "$W/back"`,
  lftp: `get $R${from} -o $W/back`,
  curl: `fetch -o "$W/back" "$U${from}"`,
  rclone: `clone copyto "$T${from}" "$W/back"`,
  sshfs: `cp "$M${from}" "$W/back"`,
  paramiko: `s.get(R + '${from}', W + '/back')`,
})
const remove = (path: string): Operation['steps'] => ({
  openssh: `rm $R${path}`,
  lftp: `rm $R${path}`,
  curl: `fetch -l -Q "rm $R${path}" "$U/download/results/" -o /dev/null`,
  rclone: `clone deletefile "$T${path}"`,
  sshfs: `rm "$M${path}"`,
  paramiko: `s.remove(R + '${path}')`,
})
const rename = (from: string, to: string): Operation['steps'] => ({
  openssh: `rename $R${from} $R${to}`,
  lftp: `mv $R${from} $R${to}`,
  curl: `fetch -l -Q "rename $R${from} $R${to}" "$U/download/results/" -o /dev/null`,
  rclone: `clone moveto "$T${from}" "$T${to}"`,
  sshfs: `mv "$M${from}" "$M${to}"`,
  paramiko: `s.posix_rename(R + '${from}', R + '${to}')`,
})

export const operations: readonly Operation[] = [
  // Putting
  { name: 'put a small file', steps: put('small', '/upload/a.txt') },
  { name: 'put an empty file', steps: put('empty', '/upload/a.txt') },
  { name: 'put a file of 20 MB', steps: put('large', '/upload/a.txt') },
  { name: 'put a name with spaces', steps: odd('a b  c.txt') },
  { name: 'put a name in other scripts', steps: odd('Müller – 名簿.csv') },
  { name: 'put a name with quotes', steps: odd('it\'s "x".txt') },
  { name: 'put a name with a combining accent', steps: odd('café'.normalize('NFD')) },
  { name: 'put a name of 255 bytes', steps: odd(`${'n'.repeat(251)}.csv`) },
  { name: 'put a name of 256 bytes', steps: put('small', `/upload/${'n'.repeat(256)}`) },
  { name: 'put a name that begins with a dot', steps: put('small', '/upload/.a.txt') },
  { name: 'put over a file', steps: put('small', '/upload/old.txt') },
  { name: 'put an empty file over a file', steps: put('empty', '/upload/old.txt') },
  {
    name: 'put by a path with doubled slashes and dots',
    steps: put('small', '/./upload//../upload///a.txt'),
  },
  {
    name: 'put 100 small files',
    steps: {
      openssh: 'put $L/many/* $R/upload/',
      scp: 'copy "$L"/many/* "$T/upload/"',
      lftp: 'cd $R/upload\nmput $L/many/*',
      curl: 'fetch -T "{$(ls "$L"/many/* | paste -sd,)}" "$U/upload/"',
      rclone: 'clone copy "$L/many" "$T/upload"',
      sshfs: 'cp "$L"/many/* "$M/upload/"',
      paramiko: 'for name in os.listdir(L + "/many"): s.put(f"{L}/many/{name}", f"{R}/upload/{name}")',
    },
  },
  {
    name: 'put the same file again',
    steps: {
      openssh: 'put $L/small $R/upload/a.txt\nput $L/small $R/upload/a.txt',
      scp: 'copy "$L/small" "$T/upload/a.txt"; copy "$L/small" "$T/upload/a.txt"',
      lftp: 'put $L/small -o $R/upload/a.txt\nput $L/small -o $R/upload/a.txt',
      curl: 'fetch -T "$L/small" "$U/upload/a.txt"; fetch -T "$L/small" "$U/upload/a.txt"',
      rclone:
        'clone copyto "$L/small" "$T/upload/a.txt"; clone copyto --ignore-times "$L/small" "$T/upload/a.txt"',
      sshfs: 'cp "$L/small" "$M/upload/a.txt"; cp "$L/small" "$M/upload/a.txt"',
      paramiko: 'for _ in (1, 2): s.put(L + "/small", R + "/upload/a.txt")',
    },
  },
  {
    name: 'put at once from four sides',
    steps: {
      openssh: 'put $L/small $R/upload/a1\n!true\nput $L/large $R/upload/a2',
      lftp: 'queue stop\nset cmd:parallel 1\nput $L/small -o $R/upload/a1 &\nput $L/large -o $R/upload/a2 &\nput $L/half -o $R/upload/a3 &\nwait all',
      curl: 'fetch -Z -T "$L/small" "$U/upload/a1" -T "$L/large" "$U/upload/a2" -T "$L/half" "$U/upload/a3"',
      scp: 'for n in 1 2 3 4; do copy "$L/half" "$T/upload/a$n" & p="${p-} $!"; done; for n in $p; do wait $n; done',
      rclone: 'clone copy --transfers 4 "$L/many" "$T/upload"',
      sshfs:
        'for n in 1 2 3 4; do cp "$L/half" "$M/upload/a$n" & p="${p-} $!"; done; for n in $p; do wait $n; done',
      paramiko: `
def one(n):
    transport, session = connect()
    session.put(L + '/half', f'{R}/upload/a{n}')
    transport.close()
work = [threading.Thread(target=one, args=(n,)) for n in range(4)]
[w.start() for w in work]; [w.join() for w in work]`,
    },
  },
  {
    name: 'put through a change of keys',
    sshOptions: rekeyed,
    steps: {
      openssh: 'put $L/large $R/upload/a.txt',
      scp: 'copy "$L/large" "$T/upload/a.txt"',
      lftp: 'put $L/large -o $R/upload/a.txt',
      sshfs: 'cp "$L/large" "$M/upload/a.txt"',
      paramiko: "t.packetizer.REKEY_BYTES = 2 ** 21\ns.put(L + '/large', R + '/upload/a.txt')",
    },
  },
  {
    name: 'put in small pieces sent ahead',
    steps: {
      paramiko: `
with s.open(R + '/upload/a.txt', 'wb') as f:
    f.set_pipelined(True)
    data = read(L + '/half')
    for at in range(0, len(data), 10007): f.write(data[at:at + 10007])`,
    },
  },
  {
    name: 'put and have it written through (fsync)',
    steps: {
      openssh: 'put -f $L/small $R/upload/a.txt',
      sshfs: 'dd if="$L/small" of="$M/upload/a.txt" conv=fsync 2>/dev/null',
    },
  },
  {
    name: 'put without asking for its size afterwards',
    steps: {
      rclone: 'clone rcat "$T/upload/a.txt" < "$L/small"',
      paramiko: "s.putfo(open(L + '/small', 'rb'), R + '/upload/a.txt', confirm=False)",
      curl: 'fetch -T - "$U/upload/a.txt" < "$L/small"',
    },
  },
  {
    name: 'put under .part, then rename',
    steps: {
      openssh: 'put $L/small $R/upload/a.txt.part\nrename $R/upload/a.txt.part $R/upload/a.txt',
      lftp: 'put $L/small -o $R/upload/a.txt.part\nmv $R/upload/a.txt.part $R/upload/a.txt',
      curl: 'fetch -T "$L/small" "$U/upload/a.txt.part" -Q "-rename $R/upload/a.txt.part $R/upload/a.txt"',
      rclone:
        'clone copyto "$L/small" "$T/upload/a.txt.part"; clone moveto "$T/upload/a.txt.part" "$T/upload/a.txt"',
      sshfs: 'cp "$L/small" "$M/upload/a.txt.part"; mv "$M/upload/a.txt.part" "$M/upload/a.txt"',
      paramiko:
        "s.put(L + '/small', R + '/upload/a.txt.part')\ns.rename(R + '/upload/a.txt.part', R + '/upload/a.txt')",
    },
  },
  {
    name: 'put a folder with what is in it',
    steps: {
      openssh: 'put -r $L/many $R/upload/',
      scp: 'copy -r "$L/many" "$T/upload/"',
      lftp: 'mirror -R $L/many $R/upload/many',
      rclone: 'clone copy "$L/many" "$T/upload/many"',
      sshfs: 'cp -r "$L/many" "$M/upload/"',
    },
  },
  {
    name: 'put as a folder',
    steps: {
      curl: 'fetch -T "$L/small" "$U/upload/archive"',
      paramiko: "s.put(L + '/small', R + '/upload/archive')",
      lftp: 'put $L/small -o $R/upload/archive',
    },
  },
  { name: 'put into the archive', steps: put('small', '/upload/archive/a.csv') },
  { name: 'put into the root', steps: put('small', '/a.csv') },
  { name: 'put into the templates', steps: put('small', '/templates/a.csv') },
  { name: 'put over a template', steps: put('small', '/templates/employees-template.csv') },
  { name: 'put into /download', steps: put('small', '/download/a.csv') },
  { name: 'put into a folder that is not there', steps: put('small', '/upload/none/a.csv') },
  { name: 'put into the attachments', steps: put('small', '/upload/attachments/a.part') },

  // Going on with what was cut
  {
    name: 'go on with a part',
    steps: {
      openssh: 'reput $L/large $R/upload/half.part',
      lftp: 'put -c $L/large -o $R/upload/half.part',
      curl: 'fetch -C - -T "$L/large" "$U/upload/half.part"',
      paramiko: `
with s.open(R + '/upload/half.part', 'ab') as f:
    data = read(L + '/large')
    f.write(data[s.stat(R + '/upload/half.part').st_size:])`,
      sshfs: 'tail -c +"$(($(stat -c %s "$M/upload/half.part") + 1))" "$L/large" >> "$M/upload/half.part"',
    },
  },
  {
    name: 'go on after the line was cut',
    cut: {
      afterBytes: 6_000_000,
      steps: {
        openssh: 'put $L/large $R/upload/a.part',
        lftp: 'put $L/large -o $R/upload/a.part',
        curl: 'fetch -T "$L/large" "$U/upload/a.part"',
        paramiko: "s.put(L + '/large', R + '/upload/a.part')",
      },
    },
    steps: {
      openssh: 'reput $L/large $R/upload/a.part\nrename $R/upload/a.part $R/upload/a.txt',
      lftp: 'put -c $L/large -o $R/upload/a.part\nmv $R/upload/a.part $R/upload/a.txt',
      curl: 'fetch -C - -T "$L/large" "$U/upload/a.part" -Q "-rename $R/upload/a.part $R/upload/a.txt"',
      paramiko: `
data = read(L + '/large')
at = s.stat(R + '/upload/a.part').st_size
assert 0 < at < len(data), at
with s.open(R + '/upload/a.part', 'r+b') as f:
    f.seek(at)
    f.write(data[at:])
s.rename(R + '/upload/a.part', R + '/upload/a.txt')`,
    },
  },
  {
    name: 'begin again after the line was cut',
    cut: {
      afterBytes: 6_000_000,
      steps: {
        scp: 'copy "$L/large" "$T/upload/a.txt"',
        rclone: 'clone copyto "$L/large" "$T/upload/a.txt"',
        openssh: 'put $L/large $R/upload/a.txt',
      },
    },
    steps: {
      scp: 'copy "$L/large" "$T/upload/a.txt"',
      rclone: 'clone copyto "$L/large" "$T/upload/a.txt"',
      openssh: 'put $L/large $R/upload/a.txt',
    },
  },
  {
    name: 'rename a file whose upload was cut',
    cut: {
      afterBytes: 6_000_000,
      steps: {
        openssh: 'put $L/large $R/upload/a.part',
      },
    },
    steps: { openssh: 'rename $R/upload/a.part $R/upload/a.txt' },
  },
  {
    name: 'remove a file whose upload was cut',
    cut: {
      afterBytes: 6_000_000,
      steps: {
        openssh: 'put $L/large $R/upload/a.part',
        curl: 'fetch -T "$L/large" "$U/upload/a.part"',
      },
    },
    steps: {
      openssh: 'rm $R/upload/a.part',
      curl: 'fetch -l -Q "rm $R/upload/a.part" "$U/upload/" -o /dev/null',
    },
  },
  {
    name: 'append',
    steps: {
      openssh: 'put -a $L/large $R/upload/half.part',
      curl: 'fetch -a -T "$L/small" "$U/upload/old.txt"',
      sshfs: 'cat "$L/small" >> "$M/upload/old.txt"',
      paramiko: "with s.open(R + '/upload/old.txt', 'ab') as f: f.write(b'one'); f.write(b'two')",
    },
  },

  // Getting
  { name: 'get a small file', steps: get('/download/export.csv') },
  { name: 'get an empty file', steps: get('/download/none.csv') },
  { name: 'get a file of 20 MB', steps: get('/download/large.bin') },
  { name: 'get what was put', steps: get('/upload/old.txt') },
  { name: 'get a template', steps: get('/templates/employees-template.csv') },
  { name: 'get results', steps: get('/download/results/done-results.csv') },
  { name: 'get from the archive', steps: get('/upload/archive/done.csv') },
  { name: 'get what is not there', steps: get('/download/nothing.csv') },
  { name: 'get from a folder that is not there', steps: get('/nowhere/nothing.csv') },
  {
    name: 'get a folder as a file',
    steps: {
      openssh: 'get $R/upload $W/back',
      scp: 'copy "$T/upload" "$W/back"',
      lftp: 'get $R/upload -o $W/back',
      paramiko: "s.get(R + '/upload', W + '/back')",
    },
  },
  {
    name: 'get over a file',
    steps: {
      openssh: '!echo older > $W/back\nget $R/download/export.csv $W/back',
      scp: 'echo older > "$W/back"; copy "$T/download/export.csv" "$W/back"',
      lftp: '!echo older > $W/back\nset xfer:clobber yes\nget $R/download/export.csv -o $W/back',
      curl: 'echo older > "$W/back"; fetch -o "$W/back" "$U/download/export.csv"',
      rclone: 'echo older > "$W/back"; clone copyto "$T/download/export.csv" "$W/back"',
      sshfs: 'echo older > "$W/back"; cp "$M/download/export.csv" "$W/back"',
      paramiko: "open(W + '/back', 'w').write('older')\ns.get(R + '/download/export.csv', W + '/back')",
    },
  },
  {
    name: 'go on with getting',
    steps: {
      openssh: '!head -c 9999999 $L/large > /dev/null\nreget $R/upload/half.part $W/back',
      lftp: '!head -c 5000000 $L/large > $W/back\nget -c $R/download/large.bin -o $W/back',
      curl: 'head -c 5000000 "$L/large" > "$W/back"; fetch -C - -o "$W/back" "$U/download/large.bin"',
      paramiko: `
with s.open(R + '/download/large.bin', 'rb') as f, open(W + '/back', 'wb') as back:
    back.write(read(L + '/large')[:5000000]); f.seek(5000000); back.write(f.read())`,
    },
  },
  {
    name: 'go on with getting over what is there',
    steps: {
      openssh: '!head -c 5000000 $L/large > $W/back\nreget $R/download/large.bin $W/back',
    },
  },
  {
    name: 'get through a change of keys',
    sshOptions: rekeyed,
    steps: {
      openssh: 'get $R/download/large.bin $W/back',
      scp: 'copy "$T/download/large.bin" "$W/back"',
      lftp: 'get $R/download/large.bin -o $W/back',
      sshfs: 'cp "$M/download/large.bin" "$W/back"',
      paramiko: "t.packetizer.REKEY_BYTES = 2 ** 21\ns.get(R + '/download/large.bin', W + '/back')",
    },
  },
  {
    name: 'get by many small reads sent ahead',
    steps: {
      openssh: 'get $R/download/large.bin $W/back',
      lftp: 'set sftp:max-packets-in-flight 64\nset sftp:size-read 16384\nget $R/upload/half.part -o $W/back',
      paramiko: `
with s.open(R + '/download/large.bin', 'rb') as f, open(W + '/back', 'wb') as back:
    f.prefetch(${largeBytes})
    back.write(f.read())`,
    },
  },
  {
    name: 'get in four parts at once',
    steps: {
      lftp: 'pget -n 4 $R/download/large.bin -o $W/back',
      curl: 'for n in 0 1 2 3; do fetch -r $((n * 5000000))-$((n * 5000000 + 4999999)) -o "$W/p$n" "$U/download/large.bin" & p="${p-} $!"; done; for n in $p; do wait $n; done; cat "$W"/p? > "$W/back"; rm "$W"/p?',
      rclone:
        'for n in 0 1 2 3; do clone cat --offset $((n * 5000000)) --count 5000000 "$T/download/large.bin" > "$W/p$n" & p="${p-} $!"; done; for n in $p; do wait $n; done; cat "$W"/p? > "$W/back"; rm "$W"/p?',
      paramiko: `
with s.open(R + '/download/large.bin', 'rb') as f, open(W + '/back', 'wb') as back:
    for part in f.readv([(n * 32768, 32768) for n in range(100)]): back.write(part)`,
    },
  },
  {
    name: 'get by pattern',
    steps: {
      openssh: 'get $R/download/*.csv $W/',
      lftp: 'mget -O $W $R/download/*.csv',
      scp: 'copy "$T/download/*.csv" "$W/"',
      rclone: 'clone copy --include "*.csv" --max-depth 1 "$T/download" "$W"',
      sshfs: 'cp "$M"/download/*.csv "$W/"',
    },
  },
  {
    name: 'get a folder with what is in it',
    steps: {
      openssh: 'get -r $R/download/results $W/',
      scp: 'copy -r "$T/download/results" "$W/"',
      lftp: 'mirror --no-perms $R/download/results $W/results',
      rclone: 'clone copy "$T/download/results" "$W/results"',
      sshfs: 'cp -r "$M/download/results" "$W/"',
    },
  },
  {
    name: 'read beyond the end',
    shows: 'text',
    steps: {
      curl: 'fetch -r 999999-1000099 "$U/download/export.csv"',
      sshfs: 'dd if="$M/download/export.csv" bs=1 skip=999999 2>/dev/null | wc -c',
      paramiko: `
with s.open(R + '/download/export.csv', 'rb') as f:
    f.seek(999999)
    print(f.read(100), len(f.read()))
    f.seek(10); print(len(f.read(1000000)))`,
    },
  },
  {
    name: 'get a range',
    shows: 'text',
    steps: {
      curl: 'fetch -r 10-29 "$U/download/export.csv"',
      rclone: 'clone cat --offset 10 --count 20 "$T/download/export.csv"',
      sshfs: 'dd if="$M/download/export.csv" bs=1 skip=10 count=20 2>/dev/null',
    },
  },
  {
    name: 'get keeping its time',
    shows: 'text',
    steps: {
      openssh: 'get -p $R/download/export.csv $W/back\n!stat -c %Y $W/back',
      scp: 'copy -p "$T/download/export.csv" "$W/back"; stat -c %Y "$W/back"',
      lftp: 'get $R/download/export.csv -o $W/back\n!stat -c %Y $W/back',
      curl: 'fetch -R -o "$W/back" "$U/download/export.csv"; stat -c %Y "$W/back"',
      rclone: 'clone copyto "$T/download/export.csv" "$W/back"; stat -c %Y "$W/back"',
      sshfs: 'cp -p "$M/download/export.csv" "$W/back"; stat -c %Y "$W/back"',
    },
  },
  {
    name: 'read what was just written, in one handle',
    shows: 'text',
    steps: {
      sshfs: `python3 -c "
f = open('$M/upload/a.txt', 'w+b')
f.write(b'abcdef'); f.flush(); f.seek(2); print(f.read(3)); f.seek(0); f.write(b'X'); f.seek(0); print(f.read())"`,
      paramiko: `
with s.open(R + '/upload/a.txt', 'w+b') as f:
    f.write(b'abcdef'); f.flush(); f.seek(2); print(f.read(3))
with s.open(R + '/upload/old.txt', 'r+b') as f:
    print(f.read(5)); f.seek(0); f.write(b'XY'); f.seek(0); print(f.read())`,
    },
  },

  // Names
  { name: 'rename', steps: rename('/upload/old.txt', '/upload/new.txt') },
  { name: 'rename over a file', steps: rename('/upload/x.csv.part', '/upload/old.txt') },
  { name: 'rename onto itself', steps: rename('/upload/old.txt', '/upload/old.txt') },
  { name: 'rename what is not there', steps: rename('/upload/nothing', '/upload/new.txt') },
  { name: 'rename into the archive', steps: rename('/upload/old.txt', '/upload/archive/old.txt') },
  {
    name: 'rename into the attachments',
    steps: rename('/upload/x.csv.part', '/upload/attachments/x.csv.part'),
  },
  { name: 'rename a template', steps: rename('/templates/employees-template.csv', '/upload/t.csv') },
  {
    name: 'rename by the old request over a file',
    steps: {
      openssh: 'rename -l $R/upload/x.csv.part $R/upload/old.txt',
      paramiko: "s.rename(R + '/upload/x.csv.part', R + '/upload/old.txt')",
    },
  },
  {
    name: 'rename by the old request',
    steps: {
      openssh: 'rename -l $R/upload/old.txt $R/upload/new.txt',
      paramiko: "s.rename(R + '/upload/old.txt', R + '/upload/new.txt')",
    },
  },
  { name: 'rename a folder', steps: rename('/upload/attachments', '/upload/documents') },
  { name: 'remove', steps: remove('/upload/old.txt') },
  { name: 'remove what is not there', steps: remove('/upload/nothing') },
  { name: 'remove an export', steps: remove('/download/export.csv') },
  { name: 'remove results', steps: remove('/download/results/done-results.csv') },
  { name: 'remove from the archive', steps: remove('/upload/archive/done.csv') },
  { name: 'remove a template', steps: remove('/templates/employees-template.csv') },
  {
    name: 'remove a folder as a file',
    steps: {
      openssh: 'rm $R/upload/attachments',
      curl: 'fetch -l -Q "rm $R/upload/attachments" "$U/download/results/" -o /dev/null',
      paramiko: "s.remove(R + '/upload/attachments')",
      sshfs: 'unlink "$M/upload/attachments"',
    },
  },
  {
    name: 'make a folder',
    steps: {
      openssh: 'mkdir $R/upload/new',
      lftp: 'mkdir $R/upload/new',
      curl: 'fetch -l -Q "mkdir $R/upload/new" "$U/download/results/" -o /dev/null',
      rclone: 'clone mkdir "$T/upload/new"',
      sshfs: 'mkdir "$M/upload/new"',
      paramiko: "s.mkdir(R + '/upload/new')",
    },
  },
  {
    name: 'make a folder that is there',
    steps: {
      openssh: 'mkdir $R/upload',
      curl: 'fetch -l -Q "mkdir $R/upload" "$U/download/results/" -o /dev/null',
      rclone: 'clone mkdir "$T/upload"',
      sshfs: 'mkdir "$M/upload"',
      paramiko: "s.mkdir(R + '/upload')",
    },
  },
  {
    name: 'make a folder in the root',
    steps: {
      openssh: 'mkdir $R/new',
      lftp: 'mkdir $R/new',
      sshfs: 'mkdir "$M/new"',
      paramiko: "s.mkdir(R + '/new')",
    },
  },
  {
    name: 'remove a folder that is not empty',
    steps: {
      openssh: 'rmdir $R/download',
      lftp: 'rmdir $R/download',
      curl: 'fetch -l -Q "rmdir $R/download" "$U/download/results/" -o /dev/null',
      rclone: 'clone rmdir "$T/download"',
      sshfs: 'rmdir "$M/download"',
      paramiko: "s.rmdir(R + '/download')",
    },
  },
  {
    name: 'remove a folder that is not there',
    steps: {
      openssh: 'rmdir $R/upload/none',
      sshfs: 'rmdir "$M/upload/none"',
      paramiko: "s.rmdir(R + '/upload/none')",
    },
  },

  // Looking
  {
    name: 'list a folder',
    shows: 'listing',
    steps: {
      openssh: 'ls -1 $R/download',
      lftp: 'cls -1 $R/download',
      curl: 'fetch -l "$U/upload/"',
      rclone: 'clone lsf "$T/download"',
      sshfs: 'ls -1 "$M/download"',
      paramiko: "print(*sorted(s.listdir(R + '/download')), sep='\\n')",
    },
  },
  {
    name: 'list a folder with everything',
    shows: 'listing',
    steps: {
      openssh: 'ls -la $R/upload',
      lftp: 'ls -la $R/upload',
      curl: 'fetch "$U/upload/"',
      rclone: 'clone lsl --max-depth 1 "$T/upload"',
      sshfs: 'ls -la --time-style=full-iso "$M/upload"',
      paramiko:
        "for e in s.listdir_attr(R + '/upload'): print(e.filename, stat.S_ISDIR(e.st_mode) or (e.st_size, e.st_mtime))",
    },
  },
  {
    name: 'list the root',
    shows: 'listing',
    isAboveTree: true,
    steps: {
      openssh: 'ls -1 /',
      lftp: 'cls -1 /',
      curl: 'fetch -l "$U/"',
      rclone: 'clone lsf "$T/"',
      sshfs: 'ls -1 "$M"',
      paramiko: "print(*sorted(s.listdir('/')), sep='\\n')",
    },
  },
  {
    name: 'list by size and backwards',
    shows: 'text',
    steps: {
      openssh: 'cd $R/download/results\nls -1S\nls -1r\nls -1tr *.csv',
    },
  },
  {
    name: 'list a file',
    shows: 'listing',
    steps: {
      openssh: 'cd $R/download\nls -l export.csv',
      lftp: 'cd $R/download\ncls -l export.csv',
      rclone: 'clone lsl "$T/download/export.csv"',
      sshfs: 'cd "$M/download"; ls -l --time-style=full-iso export.csv',
    },
  },
  {
    name: 'list what is not there',
    steps: {
      openssh: 'ls $R/upload/nothing',
      curl: 'fetch "$U/upload/nothing/"',
      rclone: 'clone lsf "$T/upload/nothing"',
      sshfs: 'ls "$M/upload/nothing"',
      paramiko: "s.listdir(R + '/upload/nothing')",
    },
  },
  {
    name: 'list an empty folder',
    shows: 'listing',
    steps: {
      openssh: 'ls -1 $R/upload/attachments',
      lftp: 'cls -1 $R/upload/attachments',
      rclone: 'clone lsf "$T/upload/attachments"',
      sshfs: 'ls -1 "$M/upload/attachments"',
      paramiko: "print(s.listdir(R + '/upload/attachments'))",
    },
  },
  {
    name: `list ${manyFiles} files`,
    shows: 'listing',
    steps: {
      openssh: 'ls -1 $R/download/archive',
      lftp: 'cls -1 $R/download/archive',
      curl: 'fetch -l "$U/download/archive/"',
      rclone: 'clone lsf "$T/download/archive"',
      sshfs: 'ls -1 "$M/download/archive"',
      paramiko: "print(*[e.filename for e in s.listdir_iter(R + '/download/archive')], sep='\\n')",
    },
  },
  {
    name: 'find everything below',
    shows: 'listing',
    steps: {
      lftp: 'find $R/upload',
      rclone: 'clone lsf -R "$T/upload"',
      sshfs: 'cd "$M"; find upload',
    },
  },
  {
    name: 'size and time of a file',
    shows: 'text',
    steps: {
      openssh: 'cd $R/download\nls -ln export.csv',
      rclone: 'clone lsjson "$T/download/export.csv" | grep -o \'"Size":[0-9]*\\|"ModTime":"[^"]*"\'',
      curl: 'fetch -I "$U/download/export.csv"',
      sshfs: 'stat -c "%s %Y %F" "$M/download/export.csv"',
      paramiko:
        "a = s.stat(R + '/download/export.csv'); print(a.st_size, a.st_mtime, stat.S_ISREG(a.st_mode))\na = s.lstat(R + '/download/export.csv'); print(a.st_size, a.st_mtime, stat.S_ISREG(a.st_mode))",
    },
  },
  {
    name: 'what kind the folders are',
    shows: 'text',
    steps: {
      sshfs: 'stat -c "%F" "$M" "$M/upload" "$M/templates"',
      paramiko:
        "for p in ('/upload', '/download/results/', '/templates/.'): print(stat.S_ISDIR(s.stat(R + p).st_mode), stat.S_ISDIR(s.lstat(R + p).st_mode))",
    },
  },
  {
    name: 'look at what is not there',
    steps: {
      sshfs: 'stat "$M/upload/nothing"',
      paramiko: "s.stat(R + '/upload/nothing')",
      rclone: 'clone lsjson "$T/upload/nothing"',
    },
  },
  {
    name: 'look below a file',
    steps: {
      sshfs: 'stat "$M/upload/old.txt/x"',
      paramiko: "s.stat(R + '/upload/old.txt/x')",
    },
  },
  {
    name: 'where a session begins, and where it goes',
    shows: 'text',
    isAboveTree: true,
    steps: {
      openssh: 'pwd\ncd upload\npwd\ncd ../download/./results\npwd\ncd ..\npwd\ncd /\npwd\ncd ..\npwd',
      lftp: 'pwd\ncd upload\npwd\ncd ../download/results\npwd',
      curl: 'fetch -l -Q pwd "$U/upload/attachments/"',
      paramiko:
        "print(s.normalize('.')); s.chdir('/upload'); print(s.getcwd()); s.chdir('..'); print(s.getcwd())",
    },
  },
  {
    name: 'names above the root',
    shows: 'text',
    isAboveTree: true,
    steps: {
      openssh: 'cd /upload/../..\npwd\ncd /../../../upload\npwd\ncd ../../..\npwd',
      paramiko:
        "for p in ('/upload/../..', '/../../upload', '../../..', '/upload/.', '//upload//'): print(s.normalize(p))",
    },
  },
  {
    name: 'get what lies above the root',
    isAboveTree: true,
    steps: {
      openssh: 'get ../../../../etc/passwd $W/back',
      scp: 'copy "$T/../../../etc/passwd" "$W/back"',
      lftp: 'get /../../etc/passwd -o $W/back',
      curl: 'fetch --path-as-is -o "$W/back" "$U/../../etc/passwd"',
      paramiko: "s.get('/upload/../../../etc/passwd', W + '/back')",
    },
  },
  {
    name: 'go to a folder that is not there',
    steps: {
      openssh: 'cd $R/nowhere',
      lftp: 'cd $R/nowhere',
      paramiko: "s.chdir(R + '/nowhere')",
    },
  },
  {
    name: 'go to a file',
    steps: {
      openssh: 'cd $R/upload/old.txt',
      paramiko: "s.chdir(R + '/upload/old.txt')",
    },
  },
  {
    name: 'how much room there is',
    steps: {
      openssh: 'df $R/upload\ndf -h $R/upload',
      rclone: 'clone about "$T/upload"',
      sshfs: 'df "$M" | tail -1 | awk \'{ exit !($2 > 0 && $4 > 0) }\'',
      curl: 'fetch -l -Q "statvfs $R/upload" "$U/download/results/" -o /dev/null',
    },
  },

  // What a file is like
  {
    name: 'change the mode',
    steps: {
      openssh: 'chmod 600 $R/upload/old.txt',
      lftp: 'chmod 600 $R/upload/old.txt',
      curl: 'fetch -l -Q "chmod 600 $R/upload/old.txt" "$U/download/results/" -o /dev/null',
      sshfs: 'chmod 600 "$M/upload/old.txt"',
      paramiko: "s.chmod(R + '/upload/old.txt', 0o600)",
    },
  },
  {
    name: 'change the owner',
    steps: {
      openssh: `chown ${process.getuid?.() || 65_534} $R/upload/old.txt`,
      curl: `fetch -l -Q "chown ${process.getuid?.() || 65_534} $R/upload/old.txt" "$U/download/results/" -o /dev/null`,
      paramiko: `s.chown(R + '/upload/old.txt', ${process.getuid?.() || 65_534}, ${process.getgid?.() || 65_534})`,
    },
  },
  {
    name: 'set the time',
    shows: 'text',
    steps: {
      openssh:
        '!touch -d 2020-02-03T04:05:06Z $W/x\nput -p $W/x $R/upload/a.txt\nget -p $R/upload/a.txt $W/back\n!stat -c %Y $W/back',
      scp: 'touch -d 2020-02-03T04:05:06Z "$W/x"; copy -p "$W/x" "$T/upload/a.txt"; copy -p "$T/upload/a.txt" "$W/back"; stat -c %Y "$W/back"',
      lftp: '!touch -d 2020-02-03T04:05:06Z $W/x\nput $W/x -o $R/upload/a.txt\nget $R/upload/a.txt -o $W/back\n!stat -c %Y $W/back',
      curl: 'fetch -l -Q "mtime 2020-02-03T04:05:06Z $R/upload/old.txt" "$U/download/results/" -o /dev/null; fetch -R -o "$W/back" "$U/upload/old.txt"; stat -c %Y "$W/back"',
      rclone: 'clone touch -t 2020-02-03T04:05:06 "$T/upload/old.txt"; clone lsl "$T/upload/old.txt"',
      sshfs: 'touch -d 2020-02-03T04:05:06Z "$M/upload/old.txt"; stat -c %Y "$M/upload/old.txt"',
      paramiko:
        "s.utime(R + '/upload/old.txt', (1580702706, 1580702706)); print(s.stat(R + '/upload/old.txt').st_mtime)",
    },
  },
  {
    name: 'set the time of an export',
    steps: {
      rclone: 'clone touch -t 2020-02-03T04:05:06 "$T/templates/employees-template.csv"',
      paramiko: "s.utime(R + '/templates/employees-template.csv', (1580702706, 1580702706))",
    },
  },
  {
    name: 'put with mode and time',
    steps: {
      openssh: 'put -p $L/small $R/upload/a.txt',
      scp: 'copy -p "$L/small" "$T/upload/a.txt"',
      sshfs: 'cp --preserve=mode,timestamps "$L/small" "$M/upload/a.txt"',
      curl: 'fetch --create-file-mode 0600 -T "$L/small" "$U/upload/a.txt"',
      rclone:
        'clone copyto "$L/small" "$T/upload/a.txt"; clone check --download --one-way "$L/empty" "$T/download/none.csv" || true',
      paramiko:
        "s.put(L + '/small', R + '/upload/a.txt'); s.chmod(R + '/upload/a.txt', 0o600); s.utime(R + '/upload/a.txt', None)",
    },
  },
  {
    name: 'cut a file shorter',
    steps: {
      sshfs: 'truncate -s 4 "$M/upload/old.txt"',
      paramiko: "s.truncate(R + '/upload/old.txt', 4)",
    },
  },
  {
    name: 'make a file longer',
    steps: {
      sshfs: 'truncate -s 70000 "$M/upload/old.txt"',
      paramiko: "s.truncate(R + '/upload/old.txt', 70000)",
    },
  },
  {
    name: 'cut a file that is open',
    steps: {
      paramiko: "with s.open(R + '/upload/old.txt', 'r+b') as f: f.truncate(3); f.seek(0, 2); f.write(b'!')",
      sshfs: `python3 -c "f = open('$M/upload/old.txt', 'r+b'); f.truncate(3); f.seek(0, 2); f.write(b'!')"`,
    },
  },
  {
    name: 'create only what is not there yet',
    steps: {
      paramiko: "s.open(R + '/upload/a.txt', 'wx').close(); refused(s.open, R + '/upload/old.txt', 'wx')",
      sshfs: 'set -C; echo new > "$M/upload/a.txt"; ! echo new > "$M/upload/old.txt"',
    },
  },
  {
    name: 'write far behind the end',
    steps: {
      paramiko: "with s.open(R + '/upload/a.txt', 'wb') as f: f.seek(300000); f.write(b'end')",
      sshfs: 'dd if="$L/small" of="$M/upload/a.txt" bs=1000 seek=300 2>/dev/null',
    },
  },
  {
    name: 'make a symbolic link',
    steps: {
      openssh: 'ln -s old.txt $R/upload/link',
      curl: 'fetch -l -Q "symlink old.txt $R/upload/link" "$U/download/results/" -o /dev/null',
      sshfs: 'ln -s old.txt "$M/upload/link"',
      paramiko: "s.symlink('old.txt', R + '/upload/link')",
      lftp: 'ln -s old.txt $R/upload/link',
    },
  },
  {
    name: 'make a hard link',
    steps: {
      openssh: 'ln $R/upload/old.txt $R/upload/link',
      sshfs: 'ln "$M/upload/old.txt" "$M/upload/link"',
    },
  },
  {
    name: 'read a file as a link',
    steps: {
      sshfs: 'readlink "$M/upload/old.txt"',
      paramiko: "s.readlink(R + '/upload/old.txt')",
    },
  },

  // The session
  {
    name: 'stay alive while nothing happens',
    sshOptions: ['ServerAliveInterval=1', 'ServerAliveCountMax=2'],
    steps: {
      openssh: 'pwd\n!sleep 3\nput $L/small $R/upload/a.txt',
      lftp: 'cd $R/upload\n!sleep 3\nput $L/small -o a.txt',
      paramiko: "t.set_keepalive(1); time.sleep(3); s.put(L + '/small', R + '/upload/a.txt')",
    },
  },
  {
    name: 'several sessions in one connection',
    steps: {
      paramiko:
        "t.open_sftp_client().put(L + '/small', R + '/upload/a1')\nfor n in range(5): paramiko.SFTPClient.from_transport(t).put(L + '/small', f'{R}/upload/b{n}')",
    },
  },
  {
    name: 'leave while a file is open',
    steps: {
      paramiko: "f = s.open(R + '/download/large.bin', 'rb'); f.read(100000); t.close()",
    },
  },
  {
    name: 'a name with a control character',
    steps: {
      paramiko: "s.put(L + '/small', R + '/upload/bell\\a.csv')",
      sshfs: `cp "$L/small" "$M/upload/$(printf 'bell\\a.csv')"`,
    },
  },
  {
    name: 'a name that is not UTF-8',
    steps: {
      paramiko:
        "s.putfo(open(L + '/small', 'rb'), (R + '/upload/').encode() + b'M\\xfcller.csv', confirm=False)",
      sshfs: `cp "$L/small" "$M/upload/$(printf 'M\\374ller.csv')"`,
    },
  },
]
