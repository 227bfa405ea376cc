# Install shipworthy where it is not there yet, and scan. The same for every call: what differs comes in variables.
$ErrorActionPreference = 'Stop'

$python = 'python'
if ($env:SHIPWORTHY_PYTHON) { $python = $env:SHIPWORTHY_PYTHON }
$into = Join-Path $env:SHIPWORTHY_JENKINS_HOME 'tool'
if ($env:SHIPWORTHY_CACHE_DIR) { $into = Join-Path $env:SHIPWORTHY_CACHE_DIR 'tool' }
if ($env:SHIPWORTHY_INSTALL_DIR) { $into = $env:SHIPWORTHY_INSTALL_DIR }
$tool = 'shipworthy'
if ($env:SHIPWORTHY_TOOL) { $tool = $env:SHIPWORTHY_TOOL }
Remove-Item -Force -LiteralPath $env:SHIPWORTHY_JENKINS_FACTS -ErrorAction SilentlyContinue

$bootstrap = $null
if ($env:SHIPWORTHY_SOURCE) {
    $bootstrap = Join-Path $env:SHIPWORTHY_SOURCE 'plugins/bootstrap.py'
    $how = @('--source', $env:SHIPWORTHY_SOURCE)
} elseif ($env:SHIPWORTHY_VERSION) {
    $bootstrap = Join-Path $env:SHIPWORTHY_JENKINS_BOOTSTRAP 'bootstrap.py'
    $how = @('--version', $env:SHIPWORTHY_VERSION, '--sha256', $env:SHIPWORTHY_SHA256)
} elseif ($env:SHIPWORTHY_ZIPAPP) {
    $bootstrap = Join-Path $env:SHIPWORTHY_JENKINS_BOOTSTRAP 'bootstrap.py'
    $how = @('--zipapp', $env:SHIPWORTHY_ZIPAPP, '--sha256', $env:SHIPWORTHY_SHA256)
}

# From here on programs run, which write to stderr without anything being wrong.
$ErrorActionPreference = 'Continue'
if ($bootstrap) {
    if ($env:SHIPWORTHY_WHEELHOUSE) { $how += @('--wheelhouse', $env:SHIPWORTHY_WHEELHOUSE) }
    $tool = & $python $bootstrap @how --into $into
    if ($LASTEXITCODE -ne 0) { exit 125 }
}
if (-not (Get-Command $tool -CommandType Application -ErrorAction SilentlyContinue)) { exit 127 }

if (-not $env:SHIPWORTHY_JENKINS_REGISTRIES) {
    & $tool ci
    exit $LASTEXITCODE
}

# Passwords for registries, as docker keeps them; the file goes with the script.
$env:DOCKER_CONFIG = Join-Path $env:SHIPWORTHY_JENKINS_HOME ('docker.' + [guid]::NewGuid().ToString('N'))
$null = New-Item -ItemType Directory -Force -Path $env:DOCKER_CONFIG
try {
    $auths = @{}
    $number = 0
    foreach ($registry in $env:SHIPWORTHY_JENKINS_REGISTRIES.Split(' ')) {
        $user = [Environment]::GetEnvironmentVariable("SHIPWORTHY_JENKINS_USER_$number")
        $password = [Environment]::GetEnvironmentVariable("SHIPWORTHY_JENKINS_PASSWORD_$number")
        $bytes = [Text.Encoding]::UTF8.GetBytes("${user}:${password}")
        $auths[$registry] = @{ auth = [Convert]::ToBase64String($bytes) }
        $number += 1
    }
    $json = @{ auths = $auths } | ConvertTo-Json -Depth 4
    [IO.File]::WriteAllText((Join-Path $env:DOCKER_CONFIG 'config.json'), $json)
    & $tool ci
    $code = $LASTEXITCODE
} finally {
    Remove-Item -Recurse -Force $env:DOCKER_CONFIG
}
exit $code
