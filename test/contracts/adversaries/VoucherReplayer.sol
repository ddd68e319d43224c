// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Voucher} from "../../../contracts/types/Receipt.sol";
import {PostedEpoch} from "./base/Ground.sol";
import {Issuer} from "./base/Issuer.sol";

/// @notice Redeems every voucher again and again, old ones after new ones.
contract VoucherReplayer is Issuer {
    uint96 internal _signed; // the most that its payer ever promised
    uint256 internal _got;

    function earn(uint64 amount) external {
        _signed += amount;
    }

    function redeem(uint96 total) external {
        if (_signed == 0) return;
        total = total % (_signed + 1);
        Voucher[] memory vouchers = new Voucher[](2);
        bytes[] memory signatures = new bytes[](2);
        (vouchers[0], signatures[0]) = arena.voucherFrom(payerIndex, channelId, total);
        (vouchers[1], signatures[1]) = (vouchers[0], signatures[0]);
        uint256 before = on.token.balanceOf(address(this));
        bytes memory data = abi.encodeCall(on.channels.redeem, (vouchers, signatures, address(this)));
        attempt(address(on.channels), data);
        _got += on.token.balanceOf(address(this)) - before;
        arena.rule(_got <= _signed, "I-54: a voucher paid twice");
    }

    /// @notice The same promise, over another channel.
    function redeemElsewhere(uint96 total) external {
        (bool any, PostedEpoch memory posted) = arena.lastEpoch();
        if (!any) return;
        Voucher[] memory vouchers = new Voucher[](1);
        bytes[] memory signatures = new bytes[](1);
        (, signatures[0]) = arena.voucherFrom(payerIndex, channelId, total);
        vouchers[0] = Voucher({channelId: posted.entry.channelId, total: total});
        bytes memory data = abi.encodeCall(on.channels.redeem, (vouchers, signatures, address(this)));
        arena.rule(!attempt(address(on.channels), data), "I-54: a voucher counted for another channel");
    }
}
