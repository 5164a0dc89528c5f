import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** Where the pages' scripts and styles lie; a webview may load nothing else. */
function pages(extension: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extension, 'dist', 'webview');
}

/** Turns a webview into one of our pages: no remote content, no inline script, styles from our own files. */
export function showPage(webview: vscode.Webview, extension: vscode.Uri, page: 'form' | 'report'): void {
  webview.options = { enableScripts: true, localResourceRoots: [pages(extension)] };
  const nonce = randomBytes(16).toString('base64url');
  const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(pages(extension), name)).toString();
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource}`;
  webview.html = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="${file(`${page}.css`)}">
</head>
<body>
<div id="root"></div>
<script type="module" nonce="${nonce}" src="${file(`${page}.js`)}"></script>
</body>
</html>`;
}
