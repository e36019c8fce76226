# Intune remediation, detection. Run it with the logged-on credentials, in 64-bit PowerShell: pkcc-tray is
# installed per user. Exit 1 where `doctor` sees a problem: remediate.ps1 then does what can be fixed without
# taking anything away. What is printed is kept by Intune (2,048 characters): versions and names of findings,
# no path, name or value of the user's.
$ErrorActionPreference = 'Stop'

$key = Get-ItemProperty -Path 'HKCU:\Software\pkcc-tray' -Name InstallDir -ErrorAction SilentlyContinue
if ($null -eq $key) { Write-Output 'pkcc-tray is not installed for this user'; exit 0 }
$program = Join-Path $key.InstallDir 'pkcc-tray.exe'
if (-not (Test-Path -LiteralPath $program)) { Write-Output 'pkcc-tray is not where its setup put it'; exit 0 }

try {
    $data = (& $program support --json | Out-String | ConvertFrom-Json).data
} catch {
    Write-Output 'pkcc-tray does not answer'
    exit 1
}
$problems = @($data.findings | Where-Object { $_.severity -eq 'problem' } | ForEach-Object { $_.check })
$said = [ordered]@{
    version     = $data.versions.pkcc_tray
    claude_code = $data.versions.claude_code
    profile     = $data.active
    policy      = @($data.policy | ForEach-Object { $_.key })
    catalogs    = @($data.catalogs | ForEach-Object { '{0} {1} {2}' -f $_.name, $_.serial, $_.state })
    problems    = $problems
}
$text = $said | ConvertTo-Json -Compress
Write-Output $text.Substring(0, [Math]::Min($text.Length, 2048))
if ($problems.Count -gt 0) { exit 1 }
exit 0
