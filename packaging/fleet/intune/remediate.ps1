# Intune remediation, the fix. Run it with the logged-on credentials, in 64-bit PowerShell.
# `doctor --fix` does only what takes nothing away from anybody. Exit 1 where a problem is left.
$ErrorActionPreference = 'Stop'

$key = Get-ItemProperty -Path 'HKCU:\Software\pkcc-tray' -Name InstallDir -ErrorAction SilentlyContinue
if ($null -eq $key) { exit 0 }
$program = Join-Path $key.InstallDir 'pkcc-tray.exe'

try {
    $data = (& $program doctor --fix --yes --json | Out-String | ConvertFrom-Json).data
} catch {
    Write-Output 'pkcc-tray does not answer'
    exit 1
}
$left = @($data.findings | Where-Object { $_.severity -eq 'problem' } | ForEach-Object { $_.check })
Write-Output ('fixed: ' + @($data.mended).Count + '; left: ' + ($left -join ', '))
if ($left.Count -gt 0) { exit 1 }
exit 0
