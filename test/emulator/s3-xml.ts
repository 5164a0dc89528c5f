import type { Outgoing } from './http.ts';

type Value = string | number | boolean | readonly Node[];
export type Node = readonly [name: string, value: Value];

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/\r/g, '&#13;');
}

function render([name, value]: Node): string {
  const content = Array.isArray(value) ? value.map(render).join('') : escaped(String(value));
  return `<${name}>${content}</${name}>`;
}

/** An XML answer. *reported*: RunPod's listings carry no namespace. */
export function xml(status: number, root: Node, headers: Readonly<Record<string, string>> = {}): Outgoing {
  return {
    status,
    headers: { 'Content-Type': 'application/xml', ...headers },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${render(root)}`,
  };
}

export function s3Error(status: number, code: string, message: string, resource = ''): Outgoing {
  const nodes: Node[] = [
    ['Code', code],
    ['Message', message],
    ['Resource', resource],
    ['RequestId', 'emulated'],
  ];
  return xml(status, ['Error', nodes]);
}

/** The parts named in a CompleteMultipartUpload document. */
export function completedParts(document: string): number[] {
  return [...document.matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map((match) => Number(match[1]));
}
