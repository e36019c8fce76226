"""A company's web server: real nginx with TLS by an authority of our own, files, and git's http-backend."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from support.fleet.processes import free_port, program, server
from support.gateway.certificates import Authority, make_authority

LOGIN = ("jane", "secret-of-jane")
_CONFIG = """
daemon off;
{user}
worker_processes 1;
pid {at}/nginx.pid;
error_log {at}/error.log;
events {{ worker_connections 1024; }}
http {{
    log_format all '$remote_addr "$request" $status $body_bytes_sent "$http_user_agent" "$http_cookie"';
    access_log {at}/access.log all;
    client_body_temp_path {at}/temporary;
    fastcgi_temp_path {at}/temporary; proxy_temp_path {at}/temporary;
    uwsgi_temp_path {at}/temporary; scgi_temp_path {at}/temporary;
    types {{ application/json json; text/html html; }}
    gzip off;
    server {{
        listen 127.0.0.1:{port} ssl;
        server_name localhost;
        ssl_certificate {certificate}; ssl_certificate_key {certificate};
        root {at}/www;
        set $git_root {at}/git;
        location /git/ {{ include {at}/git.conf; }}
        location /private/ {{
            auth_basic "team"; auth_basic_user_file {at}/users;
            rewrite ^/private/(.*)$ /git/$1 break;
            include {at}/git.conf;
        }}
        location /slow-git/ {{
            rewrite ^/slow-git/(.*)$ /git/$1 break;
            limit_rate 20; include {at}/git.conf;
        }}
        location /drip/ {{ alias {at}/www/; limit_rate 20; }}
        location /packed/ {{ alias {at}/www/; add_header Content-Encoding gzip; }}
        location /moved/ {{ rewrite ^/moved/(.*)$ /$1 permanent; }}
        location /to-http/ {{ rewrite ^/to-http/(.*)$ http://localhost:{port}/$1 redirect; }}
        location /to-other/ {{ rewrite ^/to-other/(.*)$ https://127.0.0.1:{port}/$1 redirect; }}
        location = /gone.json {{ return 410; }}
        location = /login.json {{ auth_basic "team"; auth_basic_user_file {at}/users; }}
        location = /busy.json {{ add_header Retry-After 7200 always; return 503; }}
        location = /cookie.json {{ add_header Set-Cookie "who=jane"; alias {at}/www/pkcc-catalog.json; }}
        absolute_redirect off;
    }}
    server {{
        listen 127.0.0.1:{expired_port} ssl;
        ssl_certificate {expired}; ssl_certificate_key {expired};
        root {at}/www;
    }}
}}
"""
_GIT = """
fastcgi_pass unix:{at}/cgi;
fastcgi_param SCRIPT_FILENAME {backend};
fastcgi_param PATH_INFO $uri;
fastcgi_param GIT_PROJECT_ROOT {at};
fastcgi_param GIT_HTTP_EXPORT_ALL 1;
fastcgi_param REMOTE_USER $remote_user;
fastcgi_param REQUEST_METHOD $request_method;
fastcgi_param QUERY_STRING $query_string;
fastcgi_param CONTENT_TYPE $content_type;
fastcgi_param CONTENT_LENGTH $content_length;
fastcgi_param HTTP_GIT_PROTOCOL $http_git_protocol;
fastcgi_param HTTP_CONTENT_ENCODING $http_content_encoding;
"""


class WebServer(NamedTuple):
    """What it serves lies in `www`, repositories in `git`. `pids`: nginx's and the CGI runner's."""

    directory: Path
    port: int
    expired_port: int
    authority: Authority
    pids: tuple[int, ...]

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def expired_url(self) -> str:
        return f"https://localhost:{self.expired_port}"

    @property
    def www(self) -> Path:
        return self.directory / "www"

    @property
    def git(self) -> Path:
        return self.directory / "git"

    @property
    def environ(self) -> dict[str, str]:
        """What has git and us believe its certificate."""
        path = str(self.authority.path)
        return {"GIT_SSL_CAINFO": path, "SSL_CERT_FILE": path}

    def asked(self) -> list[str]:
        """The requests so far, a line each."""
        return (self.directory / "access.log").read_text().splitlines()


@contextmanager
def web_server(backend: str = "") -> Iterator[WebServer]:
    """One that runs until the end of the block; `backend` in place of git's own."""
    nginx = program("nginx", package="nginx-light")
    runner = program("fcgiwrap", package="fcgiwrap")
    backend = backend or program("git-http-backend", package="git")
    with tempfile.TemporaryDirectory(prefix="pkcc-web-") as name:  # short: a socket's path has a limit
        at = Path(name)
        authority = make_authority(at)
        for part in ("www", "git", "temporary"):
            (at / part).mkdir()
        port, expired_port = free_port(), free_port()
        user = "user root;" if os.geteuid() == 0 else ""
        config = _CONFIG.format(
            at=at, user=user, port=port, expired_port=expired_port,
            certificate=authority.server_file("localhost"),
            expired=authority.server_file("localhost", expired=True),
        )  # fmt: skip
        (at / "nginx.conf").write_text(config)
        (at / "git.conf").write_text(_GIT.format(at=at, backend=backend))
        (at / "users").write_text(f"{LOGIN[0]}:{{PLAIN}}{LOGIN[1]}\n")
        cgi = server([runner, "-c", "4", "-s", f"unix:{at}/cgi"], f"{at}/cgi", at / "cgi.log")
        web = server(
            [nginx, "-e", f"{at}/error.log", "-c", f"{at}/nginx.conf"], ("127.0.0.1", port), at / "nginx.log"
        )
        with cgi as one, web as other:
            yield WebServer(at, port, expired_port, authority, (one.pid, other.pid))
