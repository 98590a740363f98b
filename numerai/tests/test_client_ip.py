import pytest
from django.test import RequestFactory
from pytest_django import Settings

from numerai.common.http.client_ip import client_ip, network_of, truncated


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, None, "198.51.100.7"),
        (0, "203.0.113.9", "198.51.100.7"),
        (1, None, "198.51.100.7"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        (2, "1.2.3.4, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "198.51.100.7"),
        (1, "nonsense", "198.51.100.7"),
        (1, " , ", "198.51.100.7"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "2001:0DB8:0::0001", "2001:db8::1"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, "fe80::1%eth0", "fe80::1"),
    ],
)
def test_rule_48_only_our_own_proxies_are_believed(
    rf: RequestFactory, settings: Settings, proxies: int, forwarded: str | None, expected: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    request = rf.get("/", REMOTE_ADDR="198.51.100.7")
    if forwarded is not None:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    assert client_ip(request) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("198.51.100.7", "198.51.100.0"),
        ("2001:db8:1:2::3", "2001:db8:1::"),
        ("::ffff:198.51.100.7", "198.51.100.0"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_an_address_is_kept_without_its_personal_part(address: str, expected: str) -> None:
    assert truncated(address) == expected


@pytest.mark.parametrize(
    ("remote", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("::FFFF:c633:6407", "198.51.100.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_an_address_belongs_to_one_network(rf: RequestFactory, remote: str, network: str) -> None:
    assert network_of(rf.get("/", REMOTE_ADDR=remote)) == network
