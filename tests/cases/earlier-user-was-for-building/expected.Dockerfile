FROM archlinux:base-devel
RUN useradd -m build && echo 'build ALL=(ALL) NOPASSWD: ALL' >> /etc/sudoers
USER build
RUN cd /tmp && makepkg -s --noconfirm
USER root
RUN pacman -U --noconfirm /tmp/*.pkg.tar.zst
COPY server /usr/local/bin/server
# Run as build, not as root (CIS Docker Benchmark 4.1)
USER build
CMD ["server"]
