// What a generated script says at its top about the packages it needs.

/** Reads the PEP 723 header of a rendered script, whose lists are JSON but for a trailing comma. */
export function headerOf(script) {
  const block = /^# \/\/\/ script\n([\s\S]*?)^# \/\/\/$/m.exec(script)?.[1] ?? '';
  const toml = block.replaceAll(/^# ?/gm, '');
  const value = (name) => new RegExp(`^${name} = (\\[[^]*?\\]$|".*"$)`, 'm').exec(toml)?.[1].replace(/,\s*\]$/, ']');
  const list = (name) => JSON.parse(value(name) ?? '[]');
  return {
    requirements: list('dependencies'),
    overrides: list('override-dependencies'),
    newer: JSON.parse(value('exclude-newer') ?? '""'),
    cuda: list('cuda'),
  };
}
